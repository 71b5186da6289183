using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Tests.Services;

/// <summary>Services that say what they have.</summary>
public sealed class ServiceModelTests(ListedScene scene) : IClassFixture<ListedScene>
{
    [Fact]
    public async Task TB16_WhenModelsAreAlternatives_TheServiceIsAskedForTheOneItHas()
    {
        await scene.ListAsync();

        var answer = await scene.ChatAsync("x | y|z");

        answer.Status.ShouldBe(200, answer.Text);
        ServiceScene.CallsOf(scene.Up1, "y").Count.ShouldBe(1);
        var router = answer.Json["router"]!;
        router["requested_model"]!.GetValue<string>().ShouldBe("x | y|z");
        router["actual_model"]!.GetValue<string>().ShouldBe("y");
        router["model_options"]!.AsArray().Select(option => option!.GetValue<string>()).ShouldBe(["x", "y", "z"]);
    }

    [Fact]
    public async Task TB17_WhenServicesAreListed_TheirModelsAreMergedUntouched()
    {
        var list = await scene.ListAsync();

        var models = list["data"]!.AsArray().ToDictionary(model => model!["id"]!.GetValue<string>(), model => model!.ToJsonString());
        models["y"].ShouldBe("""{"id":"y","object":"model","created":17,"owned_by":"somebody","service":"up1","backend_type":"custom","providers":["up1"]}""");
        models["both"].ShouldBe("""{"id":"both","object":"model","created":18,"owned_by":"one","service":"up1","backend_type":"custom","providers":["up1","up2"]}""");
        models["echo"].ShouldNotContain("service");
        list["router"]!.ToJsonString().ShouldBe(
            """{"services":[{"name":"up1","backend_type":"custom","models_count":2},{"name":"up2","backend_type":"deepinfra","models_count":2}],"total_services":2,"working_services":2,"combined_models":3}""");
    }

    [Theory]
    [InlineData("Qwen/Qwen3-30B")]
    [InlineData("Qwen%2FQwen3-30B")]
    public async Task TB17_WhenAModelsNameHasASlash_IsFound(string name)
    {
        await scene.ListAsync();

        (await scene.GetAsync($"/v1/models/{name}")).ToJsonString().ShouldBe(
            """{"id":"Qwen/Qwen3-30B","object":"model","created":20,"owned_by":"qwen","service":"up2","backend_type":"deepinfra","providers":["up2"]}""");
        (await scene.ChatAsync("Qwen/Qwen3-30B")).Headers["x-gateway-provider"].ShouldBe("up2");
    }

    [Fact]
    public async Task TB17_WhenAModelIsUnknown_IsNotFound()
    {
        await scene.ListAsync();

        var answer = await scene.Caller.SendAsync(HttpMethod.Get, "/v1/models/nothing/at/all", key: scene.Key);

        answer.Status.ShouldBe(404);
        ((string?)answer.Error["type"]).ShouldBe("not_found_error");
        ((string?)answer.Error["message"]).ShouldBe("Model 'nothing/at/all' not found");
    }

    [Fact]
    public async Task Models_WhenTheKeyMayNotNameThem_AreHidden()
    {
        await scene.ListAsync();
        var (_, secret) = await scene.Caller.CreateKeyAsync(new JsonObject { ["allowed_models"] = new JsonArray("y") });

        var list = await scene.Caller.SendAsync(HttpMethod.Get, "/v1/models", key: secret);

        list.Json["data"]!.AsArray().ShouldHaveSingleItem()!["id"]!.GetValue<string>().ShouldBe("y");
        list.Json["router"]!["combined_models"]!.GetValue<int>().ShouldBe(1);
        (await scene.Caller.SendAsync(HttpMethod.Get, "/v1/models/both", key: secret)).Status.ShouldBe(404);
        (await scene.Caller.SendAsync(HttpMethod.Get, "/v1/models/y", key: secret)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task TB15_WhenNobodyHasTheModel_Is404()
    {
        await scene.ListAsync();

        var answer = await scene.ChatAsync("nobodys-model");

        answer.Status.ShouldBe(404, answer.Text);
        ((string?)answer.Error["code"]).ShouldBe("model_not_found");
    }
}
