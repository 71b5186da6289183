using Shouldly;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.CommandLine;

public sealed class ModelCommandTests(Gateways gateways)
{
    [Fact]
    public async Task List_ForAnAdministrator_ShowsWhereNamesLead()
    {
        var scene = CommandScene.Of(await gateways.GetAsync(Topology.Standalone));

        var said = await scene.RunAsync("models", "list");
        scene.Variables.Remove("GATEWAY_ADMIN_KEY");
        var client = await scene.RunAsync("models", "list", "--json");

        said.Output.Split('\n').ShouldContain(line => line.StartsWith("echo ", StringComparison.Ordinal) && line.Contains("simulated", StringComparison.Ordinal));
        client.Json["data"]!.AsArray().ShouldContain(model => model!["id"]!.GetValue<string>() == "echo");
    }

    [Fact]
    public async Task Test_WhenTheModelAnswers_ShowsWhoAndForHowMuch()
    {
        var scene = CommandScene.Of(await gateways.GetAsync(Topology.Standalone));

        var json = (await scene.RunAsync("models", "test", "echo", "--prompt", "one two three", "--tokens", "50", "--json")).Json;
        var said = await scene.RunAsync("models", "test", "simulated/echo");

        json["answer"]!.GetValue<string>().ShouldBe("one two three");
        json["provider"]!.GetValue<string>().ShouldBe("simulated");
        json["upstream_model"]!.GetValue<string>().ShouldBe("echo");
        json["cost"]!.GetValue<decimal>().ShouldBePositive();
        json["completion_tokens"]!.GetValue<long>().ShouldBePositive();
        json["request_id"]!.GetValue<string>().ShouldStartWith("req_");
        said.Output.ShouldContain("simulated");
        said.Output.ShouldContain("1 out");
        said.Output.ShouldContain("$0.0000");
    }

    [Fact]
    public async Task Test_WithTheAdminKeyAlone_LeavesNoKeyBehind()
    {
        var scene = CommandScene.Of(await gateways.GetAsync(Topology.Standalone));
        scene.Variables.Remove("GATEWAY_KEY");
        const string Model = "simulated/echo?tps=1000";

        (await scene.RunAsync("models", "test", Model)).ExitCode.ShouldBe(0);
        (await scene.RunAsync("models", "test", Model + "&fail=500")).ExitCode.ShouldBe(1);

        var keys = (await scene.RunAsync("keys", "list", "--name", $"gateway-cli: models test {Model}", "--revoked", "--json")).Json["data"]!.AsArray();
        keys.Count.ShouldBe(2);
        keys.ShouldAllBe(key => key!["status"]!.GetValue<string>() == "revoked");
    }

    [Fact]
    public async Task Test_WhenThereIsNoSuchModel_Fails()
    {
        var scene = CommandScene.Of(await gateways.GetAsync(Topology.Standalone));

        var said = await scene.RunAsync("models", "test", "no-such-model", "--json");

        said.ExitCode.ShouldBe(1);
        said.Output.ShouldBeEmpty();
        said.ErrorJson["code"]!.GetValue<string>().ShouldBe("model_not_found");
    }
}
