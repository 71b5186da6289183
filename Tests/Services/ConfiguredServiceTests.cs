using System.Text.Json.Nodes;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Services;

/// <summary>Which services the environment makes.</summary>
public sealed class ConfiguredServiceTests
{
    [Fact]
    public async Task TB01_WhenTwoServicesAreNamed_AreListedByPriority()
    {
        await using var scene = new PairScene();
        await scene.InitializeAsync();

        var root = await scene.GetAsync("/");

        NamesOf(root).ShouldBe(["first", "second"]);
        root["services"]!.AsArray().Select(service => service!["priority"]!.GetValue<int>()).ShouldBe([0, 1]);
        root["services_count"]!.GetValue<int>().ShouldBe(2);
        root["primary_backend"]!.GetValue<string>().ShouldBe("custom");
        root["mode"]!.GetValue<string>().ShouldBe("router");
        root["authentication"]!["enabled"]!.GetValue<bool>().ShouldBeTrue();
        root.ToJsonString().ShouldNotContain("sk-");

        var info = await scene.GetAsync("/backend/info");
        info["status"]!.GetValue<string>().ShouldBe("active");
        info["router_stats"]!["service_order"]!.AsArray().Count.ShouldBe(2);
        info["health"]!["services"]!["first"]!["status"]!.GetValue<string>().ShouldBe("unknown");
    }

    [Fact]
    public async Task TB02_WhenOneVendorsKeyIsSet_ThereIsOneServiceThatAnswers()
    {
        await using var scene = new OneVendorScene();
        await scene.InitializeAsync();

        NamesOf(await scene.GetAsync("/")).ShouldBe(["openai"]);
        var answer = await scene.ChatAsync("some-model");

        answer.Status.ShouldBe(200, answer.Text);
        answer.Json["router"]!["service"]!.GetValue<string>().ShouldBe("openai");
        ServiceScene.CallsOf(scene.Up1, "some-model").ShouldHaveSingleItem().Credential.ShouldBe("sk-openai");
    }

    /// <summary>Ollama's address is its default one.</summary>
    [Fact]
    public async Task TB04_WhenEveryVendorIsSet_AreAskedInTheirOrder()
    {
        await using var scene = new AllVendorsScene();
        await scene.InitializeAsync();

        NamesOf(await scene.GetAsync("/")).ShouldBe(["cerebras", "deepinfra", "openai", "ollama"]);
    }

    [Fact]
    public async Task Service_WhenAProviderHasItsName_IsLeftOut_AndTheExtensionCanBeOff()
    {
        await using var scene = new QuietScene();
        await scene.InitializeAsync();

        NamesOf(await scene.GetAsync("/")).ShouldBe(["quiet"]);
        var answer = await scene.ChatAsync("some-model");

        answer.Headers["x-gateway-provider"].ShouldBe("quiet");
        answer.Json["router"].ShouldBeNull();
    }

    [Fact]
    public async Task TB15_WhenNobodyHasTheModel_Is404()
    {
        await using var scene = new OneVendorScene();
        await scene.InitializeAsync();
        scene.Up1.Script("models", new Answer { Body = """{"object":"list","data":[{"id":"y","object":"model"}]}""" });
        await TimeLimit.PollAsync("the list of models", async _ =>
        {
            scene.Gateway.Clock.Advance(TimeSpan.FromMinutes(1));
            return (await scene.GetAsync("/v1/models"))["router"]!["working_services"]!.GetValue<int>() == 1 ? scene : null;
        });

        var answer = await scene.ChatAsync("nobodys-model");

        answer.Status.ShouldBe(404, answer.Text);
        ((string?)answer.Error["code"]).ShouldBe("model_not_found");
    }

    [Theory]
    [InlineData("{not json", "ROUTER_SERVICES")]
    [InlineData("""[{"name":"up1","backend_type":"nonsense","base_url":"http://127.0.0.1/v1"}]""", "ROUTER_SERVICES[0].backend_type")]
    public async Task TB03_WhenTheServicesCannotBeRead_TheProgramEndsAndNamesTheVariable(string value, string named)
    {
        using var data = new DataFolder();
        await using var process = GatewayProcess.Start(data.Path, settings: new Dictionary<string, string?> { ["ROUTER_SERVICES"] = value });

        (await process.WaitForExitAsync()).ShouldBe(1);
        (await process.ErrorLineAsync()).ShouldContain(named);
    }

    private static IEnumerable<string> NamesOf(JsonNode root) => root["services"]!.AsArray().Select(service => service!["name"]!.GetValue<string>());
}
