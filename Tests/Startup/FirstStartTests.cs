using System.Runtime.Versioning;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Startup;

/// <summary>The first start makes what is needed, and shows it once.</summary>
public sealed class FirstStartTests(UpstreamSimulator simulator)
{
    [Fact]
    public async Task Start_WhenFirst_PrintsItsKeysOnceAndNeverAgain()
    {
        await using var gateway = await StandaloneGateway.StartNewAsync();
        await gateway.StopAsync();
        var first = gateway.Output.Lines();
        var secondStart = gateway.Output.Count;

        await gateway.StartAsync();
        using var caller = new Caller(gateway, simulator);
        (await caller.ChatWithKeyAsync(gateway.DevelopmentKey)).Status.ShouldBe(200);
        (await caller.AdminAsync(HttpMethod.Get, "/admin/keys")).Status.ShouldBe(200);
        await gateway.StopAsync();

        foreach (var prefix in (string[])["edge:", "admin key:", "development key:"])
        {
            first.Count(line => line.StartsWith(prefix, StringComparison.Ordinal)).ShouldBe(1, prefix);
        }

        first.Count(line => line.Contains(gateway.AdminKey, StringComparison.Ordinal)).ShouldBe(1);
        gateway.Output.Lines(secondStart).Count(line => line.StartsWith("edge:", StringComparison.Ordinal)).ShouldBe(1);
        gateway.Output.Text(secondStart).ShouldNotContain(gateway.AdminKey);
        gateway.Output.Text(secondStart).ShouldNotContain(gateway.DevelopmentKey);
        gateway.Output.Text(secondStart).ShouldNotContain(" key:");
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task KeyFiles_WhenMade_AreForTheOwnerOnly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no Unix modes.");
        await using var gateway = await StandaloneGateway.StartNewAsync();

        foreach (var file in (string[])["master.key", "pepper.key", "audit.key"])
        {
            File.GetUnixFileMode(Path.Combine(gateway.DataDirectory, file)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public async Task AdminKey_WhenConfigured_IsNotPrintedAndTakesThePlaceOfTheOld()
    {
        const string Chosen = "chosen-by-the-operator-1";
        await using var gateway = await StandaloneGateway.StartNewAsync();
        await gateway.StopAsync();

        await using var process = GatewayProcess.Start(
            gateway.DataDirectory, gateway.Output, settings: new Dictionary<string, string?> { ["Gateway__AdminKey"] = Chosen });
        var url = new Uri(await process.WaitForLineAsync("edge:"));
        using var client = new HttpClient { BaseAddress = url };

        (await StatusAsync(client, Chosen)).ShouldBe(200);
        (await StatusAsync(client, gateway.AdminKey)).ShouldBe(401);
        gateway.Output.Text().ShouldNotContain(Chosen);
        (await process.StopAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Start_WhenTheDirectoryIsHeldByAnother_FailsWithOneLine()
    {
        await using var gateway = await StandaloneGateway.StartNewAsync();

        await using var second = GatewayProcess.Start(gateway.DataDirectory);

        (await second.WaitForExitAsync()).ShouldBe(1);
        var line = await second.ErrorLineAsync();
        line.ShouldContain("in use");
        line.ShouldContain("Gateway__DataDirectory");
        using var caller = new Caller(gateway, simulator);
        (await caller.ChatWithKeyAsync(gateway.DevelopmentKey)).Status.ShouldBe(200);
    }

    private static async Task<int> StatusAsync(HttpClient client, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin/keys") { Headers = { Authorization = new("Bearer", key) } };
        using var response = await client.SendAsync(request, TimeLimit.Token());
        return (int)response.StatusCode;
    }
}
