using Shouldly;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.CommandLine;

public sealed class DemoTests
{
    [Fact]
    public async Task Demo_OfAGatewayThatRuns_MakesCallsOfManyKinds()
    {
        // Of its own: elsewhere others change what its models cost.
        await using var gateway = await Gateways.StartNewAsync(Topology.Standalone);
        var scene = CommandScene.Of(gateway);

        var said = await scene.RunAsync("demo", "--calls", "60", "--seed", "7", "--parallel", "16", "--json");
        var again = await scene.RunAsync("demo", "--calls", "3");

        said.ExitCode.ShouldBe(0, said.All);
        said.Json["calls"]!.GetValue<int>().ShouldBe(60);
        said.Json["kinds"]!.AsObject().Count.ShouldBeGreaterThan(8);
        said.Json["statuses"]!["200"]!.GetValue<int>().ShouldBeGreaterThan(20);
        said.Json["books"]!["requests"]!.GetValue<long>().ShouldBeGreaterThan(40);
        said.Json["books"]!["cost"]!.GetValue<decimal>().ShouldBePositive();
        var endUser = said.Json["end_user"]!.GetValue<string>();
        var rows = (await scene.RunAsync("logs", "--where", $"end_user={endUser}", "--limit", "200", "--json")).Json["data"]!.AsArray();
        rows.Select(row => row!["api_format"]!.GetValue<string>()).Distinct().ShouldBe(["chat", "responses", "messages"], ignoreOrder: true);
        rows.Select(row => row!["key_name"]!.GetValue<string>()).Distinct().Count().ShouldBeGreaterThan(2);
        rows.ShouldContain(row => row!["stream"]!.GetValue<bool>());
        rows.ShouldContain(row => row!["status_code"]!.GetValue<int>() >= 400);
        said.All.ShouldNotContain("sk-gw-");
        again.ExitCode.ShouldBe(0, again.All);
        again.Output.ShouldContain("3 calls in");
    }

    [Fact]
    public async Task Demo_WhenNoGatewayRuns_StartsOne()
    {
        using var data = new DataFolder();
        await using var process = GatewayProcess.Start(
            data.Path,
            urls: null,
            settings: new Dictionary<string, string?> { ["GATEWAY_URL"] = null, ["GATEWAY_ADMIN_KEY"] = null },
            program: "Gateway.Cli/gateway",
            arguments: ["demo", "--calls", "5", "--json", "--url", "http://127.0.0.1:0"]);

        (await process.WaitForExitAsync()).ShouldBe(0, process.Errors.Text());

        System.Text.Json.Nodes.JsonNode.Parse(process.Output.Text())!["calls"]!.GetValue<int>().ShouldBe(5);
        Directory.EnumerateFileSystemEntries(data.Path).ShouldBeEmpty("it has a directory of its own, for as long as it runs");
    }
}
