using System.Text.Json.Nodes;
using Shouldly;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.CommandLine;

/// <summary>The gateway as a process of the command line, from its first start to what is left of it.</summary>
public sealed class ServeTests
{
    [Fact]
    public async Task Serve_FromItsFirstStart_IsTheGateway()
    {
        using var data = new DataFolder();
        await using (var process = GatewayProcess.Start(data.Path, program: "Gateway.Cli/gateway", arguments: ["serve", "--json", "--Keys:Ledger:LeaseSeconds=70"]))
        {
            var ready = JsonNode.Parse("{\"event\":\"ready\"" + await process.WaitForLineAsync("{\"event\":\"ready\""))!;
            var scene = new CommandScene
            {
                Variables =
                {
                    ["GATEWAY_URL"] = ready["edge"]!.GetValue<string>(),
                    ["GATEWAY_ADMIN_KEY"] = ready["admin_key"]!.GetValue<string>(),
                    ["GATEWAY_KEY"] = ready["development_key"]!.GetValue<string>(),
                },
            };
            (await scene.RunAsync("models", "test", "echo")).ShouldSatisfyAllConditions(said => said.ExitCode.ShouldBe(0, said.All));
            (await scene.RunAsync("audit", "verify")).ShouldSatisfyAllConditions(
                said => said.ExitCode.ShouldBe(0, said.All),
                said => said.Output.ShouldContain("audit log: good"));
            (await process.StopAsync()).ShouldBe(0, process.Errors.Text());
            process.Output.Lines().ShouldAllBe(line => JsonNode.Parse(line) is JsonObject);
        }

        // Offline, and as the API says it.
        var offline = await new CommandScene().RunAsync("audit", "verify", "--data", data.Path, "--json");
        offline.ExitCode.ShouldBe(0, offline.All);
        offline.Json["valid"]!.GetValue<bool>().ShouldBeTrue();
        offline.Json["chains"]!.AsArray().Count.ShouldBeGreaterThan(2);
    }

    [Fact]
    public async Task Serve_WhenItCannotStart_SaysWhyInJson()
    {
        using var data = new DataFolder();
        await using var process = GatewayProcess.Start(data.Path, program: "Gateway.Cli/gateway", arguments: ["serve", "--json", "--Gateway:AdminKey=short"]);

        (await process.WaitForExitAsync()).ShouldBe(1);

        JsonNode.Parse(process.Errors.Lines().ShouldHaveSingleItem())!["error"]!["message"]!.GetValue<string>().ShouldContain("Gateway__AdminKey");
    }

    [Theory]
    [InlineData("serve --url http://127.0.0.1:9", "--url")]
    [InlineData("--url http://127.0.0.1:9 serve", "--url")]
    [InlineData("serve --admin-key some-secret", "--admin-key")]
    [InlineData("serve --key=some-secret", "--key")]
    public async Task Serve_WithWhatReachesAGateway_RefusesIt(string line, string option)
    {
        var said = await new CommandScene().RunAsync([.. line.Split(' '), "--json"]);

        said.ExitCode.ShouldBe(64, said.All);
        said.ErrorJson["message"]!.GetValue<string>().ShouldContain($"takes no {option}:");
        said.All.ShouldNotContain("some-secret");
    }

    [Fact]
    public async Task Audit_WhenThereIsNoGateway_SaysSo()
    {
        using var data = new DataFolder();

        var said = await new CommandScene().RunAsync("audit", "verify", "--data", data.Path, "--json");

        said.ExitCode.ShouldBe(1);
        said.ErrorJson["message"]!.GetValue<string>().ShouldContain("no gateway");
        Directory.EnumerateFileSystemEntries(data.Path).ShouldBeEmpty();
    }
}
