using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Tests.Aspire;

public sealed class CrashTests
{
    [Fact]
    public async Task Service_WhenItCrashesAtStart_ShowsExitCodeAndOutput()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create();
        var service = builder.AddProject<Projects.Probe>("service").WithEnvironment("PROBE_CRASH", "the disk is full");
        await using var application = await builder.BuildAsync(Deadline.Token());
        await application.StartAsync(Deadline.Token());

        var ended = await WaitForEndAsync(application);
        ended.Snapshot.ExitCode.ShouldBe(3);

        var lines = new List<LogLine>();
        await foreach (var batch in application.Services.GetRequiredService<ResourceLoggerService>()
            .WatchAsync(service.Resource).WithCancellation(Deadline.Token()))
        {
            lines.AddRange(batch);
            if (lines.Exists(line => line.Content.Contains("the disk is full", StringComparison.Ordinal)))
            {
                break;
            }
        }

        lines.Single(line => line.Content.EndsWith("the disk is full", StringComparison.Ordinal)).IsErrorMessage.ShouldBeTrue();
    }

    [Fact]
    public async Task Service_WhenItCrashesLater_ShowsExitCode()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create();
        builder.AddProject<Projects.Probe>("service").WithHttpHealthCheck("/health");
        await using var application = await builder.BuildAsync(Deadline.Token());
        await application.StartAsync(Deadline.Token());
        await application.ResourceNotifications.WaitForResourceHealthyAsync("service", Deadline.Token());

        using var client = application.CreateHttpClient("service");
        await Should.ThrowAsync<HttpRequestException>(() => client.PostAsync("/crash", null, Deadline.Token()));

        (await WaitForEndAsync(application)).Snapshot.ExitCode.ShouldBe(7);
    }

    [Fact]
    public async Task Executable_WhenItIsMissing_FailsToStart()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create();
        builder.AddExecutable("service", "no-such-program", ".");
        await using var application = await builder.BuildAsync(Deadline.Token());
        await application.StartAsync(Deadline.Token());

        await application.ResourceNotifications.WaitForResourceAsync("service", KnownResourceStates.FailedToStart, Deadline.Token());
    }

    [Fact]
    public async Task Service_WhenItsParameterHasNoValue_FailsToStart()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create();
        builder.AddProject<Projects.Probe>("service").WithEnvironment("KEY", builder.AddParameter("missing", secret: true));
        await using var application = await builder.BuildAsync(Deadline.Token());
        await application.StartAsync(Deadline.Token());

        await application.ResourceNotifications.WaitForResourceAsync("service", KnownResourceStates.FailedToStart, Deadline.Token());
    }

    private static Task<ResourceEvent> WaitForEndAsync(DistributedApplication application)
        => application.ResourceNotifications.WaitForResourceAsync(
            "service",
            change => change.Snapshot.State is { } state && KnownResourceStates.TerminalStates.Contains(state.Text) && change.Snapshot.ExitCode is not null,
            Deadline.Token());
}
