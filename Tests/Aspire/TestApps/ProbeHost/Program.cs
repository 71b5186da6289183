var builder = DistributedApplication.CreateBuilder(args);

var backend = builder.AddProject<Projects.Probe>("backend")
    .WithHttpHealthCheck("/health");

builder.AddProject<Projects.Probe>("frontend")
    .WithExternalHttpEndpoints()
    .WithHttpHealthCheck("/health")
    .WithReference(backend)
    .WaitFor(backend);

builder.AddExecutable("sleeper", "sleep", ".", "600")
    .ExcludeFromManifest();

builder.Build().Run();
