using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Shouldly;
using Xunit;

namespace Tests.Aspire;

public sealed class StartOrderTests
{
    [Fact]
    public async Task Dependant_WhenDependencyIsNotHealthyYet_Waits()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create();
        var backend = builder.AddProject<Projects.Probe>("backend").WithEnvironment("PROBE_HEALTHY_AT_REQUEST", "3").WithHttpHealthCheck("/health");
        builder.AddProject<Projects.Probe>("frontend").WithHttpHealthCheck("/health").WaitFor(backend);
        await using var application = await builder.BuildAsync(Deadline.Token());
        var seen = new List<string>();
        var watching = WatchAsync();
        await application.StartAsync(Deadline.Token());
        await watching;

        seen.IndexOf("backend Running").ShouldBeGreaterThanOrEqualTo(0);
        seen.IndexOf("backend Healthy").ShouldBeGreaterThan(seen.IndexOf("backend Running"));
        seen.ShouldContain("frontend Waiting");
        seen.IndexOf("frontend Running").ShouldBeGreaterThan(seen.IndexOf("backend Healthy"));

        async Task WatchAsync()
        {
            await foreach (var change in application.ResourceNotifications.WatchAsync(Deadline.Token()))
            {
                var step = $"{change.Resource.Name} {(change.Snapshot.HealthStatus == HealthStatus.Healthy ? "Healthy" : change.Snapshot.State?.Text)}";
                if (seen.LastOrDefault() != step)
                {
                    seen.Add(step);
                }

                if (step == "frontend Healthy")
                {
                    break;
                }
            }
        }
    }

    [Fact]
    public async Task Dependant_WhenDependencyCrashes_FailsToStart()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create();
        var backend = builder.AddProject<Projects.Probe>("backend").WithEnvironment("PROBE_CRASH", "no disk").WithHttpHealthCheck("/health");
        builder.AddProject<Projects.Probe>("frontend").WaitFor(backend);
        await using var application = await builder.BuildAsync(Deadline.Token());
        await application.StartAsync(Deadline.Token());

        await application.ResourceNotifications.WaitForResourceAsync("frontend", KnownResourceStates.FailedToStart, Deadline.Token());
    }

    [Fact]
    public async Task WaitForHealthy_WhenResourceCrashes_Throws()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create();
        builder.AddProject<Projects.Probe>("backend").WithEnvironment("PROBE_CRASH", "no disk").WithHttpHealthCheck("/health");
        await using var application = await builder.BuildAsync(Deadline.Token());
        await application.StartAsync(Deadline.Token());

        await Should.ThrowAsync<DistributedApplicationException>(
            () => application.ResourceNotifications.WaitForResourceHealthyAsync("backend", Deadline.Token()));
    }

    [Fact]
    public async Task Dependant_WhenItWaitsForCompletion_StartsAfterTheEnd()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create();
        var migration = builder.AddExecutable("migration", "sh", ".", "-c", "exit 0");
        builder.AddExecutable("service", "sh", ".", "-c", "exit 0").WaitForCompletion(migration);
        await using var application = await builder.BuildAsync(Deadline.Token());
        await application.StartAsync(Deadline.Token());

        await application.ResourceNotifications.WaitForResourceAsync("service", KnownResourceStates.Finished, Deadline.Token());
    }

    [Fact]
    public void Build_WhenResourcesWaitForEachOther_IsRefused()
    {
        var builder = DistributedApplicationTestingBuilder.Create();
        var first = builder.AddExecutable("first", "sleep", ".", "1");
        var second = builder.AddExecutable("second", "sleep", ".", "1").WaitFor(first);
        first.WaitFor(second);

        Should.Throw<DistributedApplicationException>(builder.Build).Message.ShouldContain("first -> second -> first");
    }
}
