using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Hosting;
using Shouldly;
using Xunit;

namespace Tests.Aspire;

public sealed class TestingBuilderTests
{
    [Fact]
    public async Task CreateAsync_WhenGivenOurAppHost_HasItsModel()
    {
        var directory = Directory.CreateTempSubdirectory("gateway-");
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(
            [$"--Gateway:DataDirectory={directory.FullName}"], Deadline.Token());

        builder.Resources.OfType<ProjectResource>().Select(resource => resource.Name)
            .ShouldBe(["edge", "keyservice", "routingservice", "usageservice"], ignoreOrder: true);
        builder.AppHostDirectory.ShouldBe(Projects.AppHost.ProjectPath);
        builder.Environment.EnvironmentName.ShouldBe(Environments.Development);
        builder.ExecutionContext.IsRunMode.ShouldBeTrue();
    }

    [Fact]
    public async Task CreateAsync_WhenAppHostHasALaunchProfile_ReadsItAsConfiguration()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.ProbeHost>(Deadline.Token());

        builder.Configuration["PROBEHOST_FROM_PROFILE"].ShouldBe("yes");
    }

    [Fact]
    public async Task CreateAsync_WhenOptionsAreConfigured_PassesThemOn()
    {
        DistributedApplicationOptions? seen = null;
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.ProbeHost>(
            ["--Custom:Setting=1"], (options, _) => seen = options, Deadline.Token());

        seen.ShouldNotBeNull().DisableDashboard.ShouldBeTrue();
        builder.Configuration["Custom:Setting"].ShouldBe("1");
    }

    [Fact]
    public async Task CreateHttpClient_WhenApplicationRuns_ReachesTheService()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.ProbeHost>(Deadline.Token());
        await using var application = await builder.BuildAsync(Deadline.Token());
        Should.Throw<InvalidOperationException>(() => application.CreateHttpClient("frontend"));

        await application.StartAsync(Deadline.Token());
        await application.ResourceNotifications.WaitForResourceHealthyAsync("frontend", Deadline.Token());

        using var client = application.CreateHttpClient("frontend");
        (await client.GetAsync("/health", Deadline.Token())).EnsureSuccessStatusCode();
        Should.Throw<ArgumentException>(() => application.GetEndpoint("nobody"));
        Should.Throw<ArgumentException>(() => application.GetEndpoint("frontend", "nothing"));
    }

    [Fact]
    public async Task StopAsync_WhenApplicationRuns_EndsItsProcesses()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create();
        builder.AddProject<Projects.Probe>("service").WithHttpHealthCheck("/health");
        await using var application = await builder.BuildAsync(Deadline.Token());
        await application.StartAsync(Deadline.Token());
        await application.ResourceNotifications.WaitForResourceHealthyAsync("service", Deadline.Token());
        using var client = application.CreateHttpClient("service");

        await application.StopAsync(Deadline.Token());

        await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync("/health", Deadline.Token()));
    }
}
