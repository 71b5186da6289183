using Gateway.Contracts.Keys;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.CommandLine;

public sealed class KeyCommandTests(Gateways gateways)
{
    [Fact]
    public async Task Key_FromItsMakingToItsEnd_IsWhatWasAskedFor()
    {
        var scene = CommandScene.Of(await gateways.GetAsync(Topology.Standalone));
        var name = Caller.Unique("cli");

        var made = (await scene.RunAsync(
            "keys", "create", name, "--budget", "2.5", "--period", "daily", "--rpm", "30", "--parallel", "3", "--model", "echo", "--model", "lorem*", "--expires", "2h", "--json")).Json;
        var list = await scene.RunAsync("keys", "list", "--name", name);
        scene.Variables["GATEWAY_KEY"] = made["key"]!.GetValue<string>();
        var call = await scene.RunAsync("models", "test", "echo", "--json");
        var refused = await scene.RunAsync("models", "test", "json", "--json");
        var revoked = await scene.RunAsync("keys", "revoke", name, "--json");
        var afterwards = await scene.RunAsync("models", "test", "echo", "--json");

        VirtualKeySecret.IsWellFormed(made["key"]!.GetValue<string>()).ShouldBeTrue();
        made["budget_limit"]!.GetValue<decimal>().ShouldBe(2.5m);
        made["budget_period"]!.GetValue<string>().ShouldBe("daily");
        made["rpm_limit"]!.GetValue<long>().ShouldBe(30);
        made["max_parallel"]!.GetValue<long>().ShouldBe(3);
        made["allowed_models"]!.AsArray().Select(model => model!.GetValue<string>()).ShouldBe(["echo", "lorem*"]);
        made["expires_at"].ShouldNotBeNull();
        list.Output.ShouldContain(name);
        list.Output.ShouldContain("$2.50");
        list.Output.ShouldNotContain(made["key"]!.GetValue<string>());
        call.ExitCode.ShouldBe(0, call.All);
        refused.ExitCode.ShouldBe(77);
        refused.ErrorJson["code"]!.GetValue<string>().ShouldBe("model_not_allowed");
        revoked.Json["status"]!.GetValue<string>().ShouldBe("revoked");
        afterwards.ExitCode.ShouldBe(77);
        afterwards.ErrorJson["status"]!.GetValue<int>().ShouldBe(401);
    }

    [Fact]
    public async Task Create_WhenFieldsAreWrong_NamesEach()
    {
        var scene = CommandScene.Of(await gateways.GetAsync(Topology.Standalone));
        string[] line = ["keys", "create", "x", "--budget", "5", "--period", "hourly", "--rpm", "-1"];

        var said = await scene.RunAsync(line);
        var json = await scene.RunAsync([.. line, "--json"]);

        said.ExitCode.ShouldBe(1);
        said.Error.ShouldContain("budget_period");
        said.Error.ShouldContain("rpm_limit");
        json.ErrorJson["status"]!.GetValue<int>().ShouldBe(400);
        json.ErrorJson["fields"]!.AsObject().Select(field => field.Key).ShouldBe(["budget_period", "rpm_limit"], ignoreOrder: true);
    }

    [Fact]
    public async Task Revoke_WhenTheNameIsOfTwo_AsksWhich()
    {
        var scene = CommandScene.Of(await gateways.GetAsync(Topology.Standalone));
        var name = Caller.Unique("twin");
        var first = (await scene.RunAsync("keys", "create", name, "--json")).Json;
        await scene.RunAsync("keys", "create", name, "--json");

        var said = await scene.RunAsync("keys", "revoke", name);

        said.ExitCode.ShouldBe(64, said.All);
        said.Error.ShouldContain(first["id"]!.GetValue<string>());
        (await scene.RunAsync("keys", "revoke", first["id"]!.GetValue<string>())).ExitCode.ShouldBe(0);
        (await scene.RunAsync("keys", "revoke", name)).ExitCode.ShouldBe(0);
        (await scene.RunAsync("keys", "revoke", name)).Error.ShouldContain("no key");
    }

    [Fact]
    public async Task Create_ForAPerson_ShowsTheSecretAndNothingElseOnStandardOutput()
    {
        var scene = CommandScene.Of(await gateways.GetAsync(Topology.Standalone));

        var said = await scene.RunAsync("keys", "create", Caller.Unique("person"));

        said.Output.Split('\n')[0].ShouldStartWith("key  ");
        said.Output.ShouldNotContain("curl");
        said.Error.ShouldContain("never again");
        (await scene.RunAsync("keys", "create", "x", "--project", Caller.Unique("none"))).Error.ShouldContain("no project");
    }
}
