using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Shouldly;
using Xunit;

namespace Tests.Aspire;

public sealed class ProjectStartTests
{
    [Fact]
    public async Task Project_WhenItsClassIsHandWritten_IsStartedAndStopped()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create();
        builder.AddProject<HandWritten>("service").WithHttpHealthCheck("/health");
        await using var application = await builder.BuildAsync(Deadline.Token());
        await application.StartAsync(Deadline.Token());
        await application.ResourceNotifications.WaitForResourceHealthyAsync("service", Deadline.Token());
        using var client = application.CreateHttpClient("service");

        await application.StopAsync(Deadline.Token());

        await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync("/health", Deadline.Token()));
    }

    [Fact]
    public async Task Project_WhenItsPortIsTaken_DoesNotBecomeHealthy()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        await using var builder = DistributedApplicationTestingBuilder.Create();
        builder.AddProject<Projects.Probe>("service", launchProfileName: null)
            .WithHttpEndpoint(port: ((IPEndPoint)other.LocalEndpoint).Port, isProxied: false)
            .WithHttpHealthCheck("/health");
        await using var application = await builder.BuildAsync(Deadline.Token());
        await application.StartAsync(Deadline.Token());

        await application.ResourceNotifications.WaitForResourceAsync("service", KnownResourceStates.TerminalStates, Deadline.Token());
    }

    private sealed class HandWritten : IProjectMetadata
    {
        public string ProjectPath => new Projects.Probe().ProjectPath;

        public bool SuppressBuild => true;
    }
}
