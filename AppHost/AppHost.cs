var builder = DistributedApplication.CreateBuilder(args);

var keys = builder.AddProject<Projects.KeyService>("keyservice")
    .WithHttpHealthCheck("/health");

var routing = builder.AddProject<Projects.RoutingService>("routingservice")
    .WithHttpHealthCheck("/health");

var usage = builder.AddProject<Projects.UsageService>("usageservice")
    .WithHttpHealthCheck("/health");

builder.AddProject<Projects.Gateway_Edge>("edge")
    .WithExternalHttpEndpoints()
    .WithHttpHealthCheck("/health")
    .WithReference(keys).WaitFor(keys)
    .WithReference(routing).WaitFor(routing)
    .WithReference(usage).WaitFor(usage);

builder.Build().Run();
