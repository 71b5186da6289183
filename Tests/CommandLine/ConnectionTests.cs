using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.CommandLine;

/// <summary>What goes wrong between a command and its gateway is said with what to do about it.</summary>
public sealed class ConnectionTests(Gateways gateways)
{
    [Theory]
    [InlineData("keys list")]
    [InlineData("models test echo")]
    [InlineData("logs --follow")]
    [InlineData("audit verify")]
    [InlineData("openapi")]
    public async Task Command_WhenNoGatewayAnswers_SaysHowToStartOne(string line)
    {
        var url = Ports.NextUrl();
        var scene = new CommandScene { Variables = { ["GATEWAY_URL"] = url, ["GATEWAY_ADMIN_KEY"] = "some-admin-key" } };

        var said = await scene.RunAsync([.. line.Split(' '), "--json"]);

        said.ExitCode.ShouldBe(69, said.All);
        said.Output.ShouldBeEmpty();
        said.ErrorJson["message"]!.GetValue<string>().ShouldContain(url);
        said.ErrorJson["advice"]!.GetValue<string>().ShouldContain("gateway serve");
    }

    [Theory]
    [InlineData("keys create ci-bot")]
    [InlineData("keys list")]
    [InlineData("keys revoke ci-bot")]
    [InlineData("models list")]
    [InlineData("models test echo")]
    [InlineData("logs")]
    [InlineData("logs req_0123456789")]
    [InlineData("logs --follow")]
    [InlineData("usage")]
    [InlineData("audit verify")]
    [InlineData("plan")]
    [InlineData("apply")]
    [InlineData("export")]
    [InlineData("demo")]
    [InlineData("openapi")]
    public async Task Command_WhenNothingIsAnswered_GivesUp(string line)
    {
        using var folder = new DataFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "gateway.yaml"), "projects: {shop: {}}", TestContext.Current.CancellationToken);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = $"http://{listener.LocalEndpoint}";
        var scene = new CommandScene
        {
            Variables = { ["GATEWAY_URL"] = url, ["GATEWAY_ADMIN_KEY"] = "some-admin-key", ["GATEWAY_KEY"] = "some-key" },
            Directory = folder.Path,
            Patience = TimeSpan.FromSeconds(1),
        };

        var said = await scene.RunAsync([.. line.Split(' '), "--json"]);

        listener.Pending().ShouldBeTrue();
        said.ExitCode.ShouldBe(69, said.All);
        said.Output.ShouldBeEmpty();
        said.ErrorJson["message"]!.GetValue<string>().ShouldBe($"{url} did not answer within 1 s.");
    }

    [Fact]
    public async Task Command_WhenThereIsNoKey_NamesTheVariable()
    {
        var scene = new CommandScene();

        (await scene.RunAsync("keys", "list")).ShouldSatisfyAllConditions(
            said => said.ExitCode.ShouldBe(77),
            said => said.Error.ShouldContain("GATEWAY_ADMIN_KEY"));
        (await scene.RunAsync("models", "test", "echo")).Error.ShouldContain("GATEWAY_KEY");
    }

    [Fact]
    public async Task Command_WhenTheKeyIsWrong_SaysSo()
    {
        var scene = CommandScene.Of(await gateways.GetAsync(Topology.Standalone));
        scene.Variables["GATEWAY_ADMIN_KEY"] = "of-another-gateway";

        var said = await scene.RunAsync("keys", "list", "--json");

        said.ExitCode.ShouldBe(77);
        said.ErrorJson["status"]!.GetValue<int>().ShouldBe(401);
        said.ErrorJson["advice"]!.GetValue<string>().ShouldContain("GATEWAY_ADMIN_KEY");
        said.All.ShouldNotContain("of-another-gateway");
    }

    [Fact]
    public async Task AdminKey_WhenItIsAnArgument_IsWarnedAboutAndNeverShown()
    {
        var gateway = await gateways.GetAsync(Topology.Standalone);
        var scene = CommandScene.Of(gateway);
        scene.Variables.Remove("GATEWAY_ADMIN_KEY");

        var said = await scene.RunAsync("keys", "list", "--limit", "1", "--admin-key", gateway.AdminKey);

        said.ExitCode.ShouldBe(0, said.All);
        said.Error.ShouldStartWith("warning: --admin-key");
        said.All.ShouldNotContain(gateway.AdminKey);
    }

    [Fact]
    public async Task Command_WhenSomethingElseAnswers_IsNotConfused()
    {
        await using var page = await LoopbackApp.StartAsync(_ => { }, app => app.MapFallback(() => Results.Content("<html>welcome\u001b[31m</html>", "text/html")));
        var scene = new CommandScene { Variables = { ["GATEWAY_URL"] = page.Client.BaseAddress!.AbsoluteUri, ["GATEWAY_ADMIN_KEY"] = "some-admin-key" } };

        var said = await scene.RunAsync("keys", "list");
        var doctor = await scene.RunAsync("doctor");

        said.ExitCode.ShouldBe(1, said.All);
        said.Error.ShouldContain("no JSON");
        doctor.ExitCode.ShouldBe(1, doctor.All);
        doctor.Output.ShouldContain("something else answers");
        doctor.All.ShouldNotContain('\u001b');
    }
}
