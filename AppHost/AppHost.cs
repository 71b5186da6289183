using AppHost;
using ServiceDefaults.Settings;

try
{
    var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = args, DashboardApplicationName = "LLM gateway" });
    var environment = builder.AddEnvironmentFile();
    var gateway = builder.AddGatewayParameters();

    var usage = builder.AddProject<Projects.UsageService>("usageservice")
        .WithReference(gateway.UsageDatabase)
        .WithEnvironment("Gateway__AuditKey", gateway.AuditKey)
        .WithEnvironment("Gateway__InternalKey", gateway.InternalKey)
        .WithEnvironmentFile(environment)
        .WithHttpHealthCheck("/health");

    var keys = builder.AddProject<Projects.KeyService>("keyservice")
        .WithReference(gateway.KeysDatabase)
        .WithReference(usage)
        .WithEnvironment("Gateway__KeyPepper", gateway.KeyPepper)
        .WithEnvironment("Gateway__AuditKey", gateway.AuditKey)
        .WithEnvironment("Gateway__InternalKey", gateway.InternalKey)
        .WithFirstKeys(gateway)
        .WithEnvironmentFile(environment)
        .WithHttpHealthCheck("/health");

    var routing = builder.AddProject<Projects.RoutingService>("routingservice")
        .WithReference(gateway.RoutingDatabase)
        .WithReference(usage)
        .WithEnvironment("Gateway__MasterKey", gateway.MasterKey)
        .WithEnvironment("Gateway__AuditKey", gateway.AuditKey)
        .WithEnvironment("Gateway__InternalKey", gateway.InternalKey)
        .WithEnvironmentFile(environment)
        .WithHttpHealthCheck("/health");

    var edge = builder.AddProject<Projects.Gateway_Edge>("edge")
        .WithExternalHttpEndpoints()
        .WithReference(keys).WaitFor(keys)
        .WithReference(routing).WaitFor(routing)
        .WithReference(usage).WaitFor(usage)
        .WithEnvironment("Gateway__InternalKey", gateway.InternalKey)
        .WithDataDirectory(gateway)
        .WithEnvironmentFile(environment)
        .WithHttpHealthCheck("/health");

    foreach (var service in (ReadOnlySpan<IResourceBuilder<ProjectResource>>)[usage, keys, routing, edge])
    {
        service.WithConfigFile(builder);
    }

    builder.AnnounceWhenReady(edge, gateway);
    builder.Build().Run();
    return 0;
}
catch (SettingsException exception)
{
    await Console.Error.WriteLineAsync($"error: {exception.Message}");
    return 1;
}
