using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using RoutingService.Services;
using ServiceDefaults.Settings;
using Shouldly;
using Xunit;

namespace Tests.Bootstrap;

/// <summary>Providers by the variables that their vendors' own tools read.</summary>
public sealed class ProviderVariableTests(ProviderVariableTests.VendorScene scene) : IClassFixture<ProviderVariableTests.VendorScene>
{
    [Theory]
    [InlineData("openai/some-model", "openai", "sk-openai")]
    [InlineData("anthropic/claude-sonnet-4-6", "anthropic", "sk-anthropic")]
    [InlineData("gemini/gemini-3-pro-preview", "gemini", "sk-gemini")]
    [InlineData("azure/gpt-5-mini", "azure", "sk-azure")]
    [InlineData("bedrock/anthropic.claude-sonnet-4-6-v1:0", "bedrock", "AKIAEXAMPLE")]
    [InlineData("cerebras/some-model", "cerebras", "sk-cerebras")]
    [InlineData("deepinfra/some/model", "deepinfra", "sk-deepinfra")]
    [InlineData("groq/some-model", "groq", "sk-groq")]
    [InlineData("mistral/mistral-large", "mistral", "sk-mistral")]
    [InlineData("deepseek/some-model", "deepseek", "sk-deepseek")]
    [InlineData("openrouter/some/model", "openrouter", "sk-openrouter")]
    [InlineData("together/some/model", "together", "sk-together")]
    [InlineData("dashscope/qwen-flash", "dashscope", "sk-dashscope")]
    [InlineData("ollama/some-model", "ollama", null)]
    public async Task Reference_WhenItsVendorsVariablesAreSet_LeadsToIt(string model, string provider, string? credential)
    {
        var answer = await scene.ChatAsync("client", model);

        answer.Status.ShouldBe(200, answer.Text);
        answer.Headers["x-gateway-provider"].ShouldBe(provider);
        var name = model[(model.IndexOf('/') + 1)..];
        scene.Upstream.Requests.Any(request => request.Method == "POST" && request.Credential == credential && (request.Model ?? request.Path).Contains(name.Split(':')[0]))
            .ShouldBeTrue();
    }

    [Fact]
    public async Task Reference_WhenAKeyIsRestricted_NeedsAPattern()
    {
        var (_, secret) = await scene.Caller.CreateKeyAsync(new JsonObject { ["allowed_models"] = new JsonArray("echo", "groq/*") });

        (await scene.ChatAsync(secret, "openai/some-model")).Status.ShouldBe(403);
        (await scene.ChatAsync(secret, "groq/some-model")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Providers_WhenListed_SayWhereTheyAreFrom_AndAreNotChangedThere()
    {
        var providers = (await scene.AdminAsync(HttpMethod.Get, "/admin/providers"))["data"]!.AsArray()
            .ToDictionary(provider => (string)provider!["name"]!, provider => provider!);

        ((string?)providers["simulated"]["source"]).ShouldBe("database");
        var groq = providers["groq"];
        ((string?)groq["source"], (string?)groq["type"], (bool)groq["api_key_set"]!, (bool)groq["enabled"]!).ShouldBe(("environment", "groq", true, true));
        groq.ToJsonString().ShouldNotContain("sk-groq");
        var path = $"/admin/providers/{(string)groq["id"]!}";
        (await scene.AdminAsync(HttpMethod.Get, path))["name"]!.GetValue<string>().ShouldBe("groq");
        (await scene.Caller.AdminAsync(HttpMethod.Patch, path, new JsonObject { ["enabled"] = false })).Status.ShouldBe(409);
        (await scene.Caller.AdminAsync(HttpMethod.Delete, path)).Status.ShouldBe(409);
        (await scene.AdminAsync(HttpMethod.Post, $"{path}/health-check"))["provider"]!.GetValue<string>().ShouldBe("groq");
        (await scene.AdminAsync(HttpMethod.Get, "/admin/health"))["processes"]!.AsArray().SelectMany(process => process!["parts"]!.AsArray())
            .ShouldContain(part => (string)part!["kind"]! == "provider" && (string)part["name"]! == "groq");

        var alias = await scene.Caller.AdminAsync(
            HttpMethod.Post, "/admin/models", new JsonObject { ["alias"] = "by-groq", ["provider"] = "groq", ["model"] = "some-model" });
        alias.Status.ShouldBe(201, alias.Text);
        (await scene.ChatAsync("client", "by-groq")).Headers["x-gateway-provider"].ShouldBe("groq");
    }

    [Fact]
    public async Task Provider_WhenTheDatabaseHasOneOfItsName_IsThatOne()
    {
        await scene.Caller.AddProviderAsync("xai", new Uri(scene.Upstream.BaseAddress, "v1"), "sk-of-the-database", type: "xai");

        (await scene.ChatAsync("client", "xai/theirs")).Status.ShouldBe(200);

        scene.Upstream.Requests.Last(request => request.Method == "POST" && request.Model == "theirs").Credential.ShouldBe("sk-of-the-database");
        (await scene.AdminAsync(HttpMethod.Get, "/admin/providers"))["data"]!.AsArray()
            .Where(provider => (string?)provider!["name"] == "xai").ShouldHaveSingleItem()!["source"]!.GetValue<string>().ShouldBe("database");
    }

    [Fact]
    public void Vendor_WhenItHasOnlyAPartOfItsVariables_IsLeftOutAndSaidSo()
    {
        Read([("AZURE_OPENAI_API_KEY", "sk")], out var wanting).ShouldBeEmpty();
        wanting.ShouldHaveSingleItem().ShouldContain("AZURE_OPENAI_ENDPOINT");
        Read([("AWS_ACCESS_KEY_ID", "id"), ("AWS_SECRET_ACCESS_KEY", "secret")], out wanting).ShouldBeEmpty();
        wanting.ShouldHaveSingleItem().ShouldContain("AWS_REGION");
        Read([("AWS_ACCESS_KEY_ID", "id"), ("AWS_REGION", "us-east-1"), ("ANTHROPIC_BASE_URL", "https://x.example")], out wanting).ShouldBeEmpty();
        wanting.ShouldBeEmpty();
    }

    [Fact]
    public void Vendor_WhenItHasMoreVariables_KnowsThemToo()
    {
        var openAI = Read([("OPENAI_API_KEY", " sk "), ("OPENAI_ORG_ID", "org-1")], out _).ShouldHaveSingleItem();
        (openAI.Type, openAI.Settings["organization"], openAI.Key!.Reveal()).ShouldBe(("openai", "org-1", "sk"));
        var bedrock = Read([("AWS_BEARER_TOKEN_BEDROCK", "token"), ("AWS_DEFAULT_REGION", "eu-west-1")], out _).ShouldHaveSingleItem();
        (bedrock.Settings["region"], bedrock.Key!.Reveal(), bedrock.Settings.Count).ShouldBe(("eu-west-1", "token", 1));
        var session = Read([("AWS_ACCESS_KEY_ID", "id"), ("AWS_SECRET_ACCESS_KEY", "secret"), ("AWS_SESSION_TOKEN", "session"), ("AWS_REGION", "eu-west-1")], out _).Single();
        (session.Settings["access_key_id"], session.Key!.Reveal()).ShouldBe(("id", "secret;session"));
        Read([("GOOGLE_API_KEY", "sk")], out _).ShouldHaveSingleItem().Name.ShouldBe("gemini");
    }

    [Theory]
    [InlineData("GROQ_API_KEY", "two words", "GROQ_API_KEY")]
    [InlineData("AWS_REGION", "somewhere", "AWS_REGION")]
    [InlineData("GROQ_BASE_URL", "nonsense", "GROQ_BASE_URL")]
    public void Vendor_WhenAVariableIsWrong_IsRefusedByName(string name, string value, string named)
    {
        List<(string, string)> variables = [("GROQ_API_KEY", "sk"), ("AWS_ACCESS_KEY_ID", "id"), ("AWS_SECRET_ACCESS_KEY", "secret"), ("AWS_REGION", "eu-west-1")];
        variables.RemoveAll(variable => variable.Item1 == name);

        var message = Should.Throw<SettingsException>(() => Read([.. variables, (name, value)], out _)).Message;

        message.ShouldContain(named);
        message.ShouldNotContain(value);
    }

    private static IReadOnlyList<Vendor> Read((string Name, string Value)[] variables, out IReadOnlyList<string> incomplete)
    {
        var reader = new VendorReader(new ConfigurationBuilder()
            .AddInMemoryCollection(variables.ToDictionary(variable => variable.Name, variable => (string?)variable.Value)).Build());
        var vendors = reader.Read();
        incomplete = reader.Incomplete;
        return vendors;
    }

    /// <summary>Everybody is the simulator. None of them is a service: names that lead nowhere else do not go to whoever has a key.</summary>
    public sealed class VendorScene : EnvironmentScene
    {
        protected override string[] Lines()
        {
            var root = Upstream.BaseAddress.AbsoluteUri.TrimEnd('/');
            return
            [
                "AUTH_KEY=client",
                "ROUTER_SERVICES=[]",
                .. ((ReadOnlySpan<string>)["openai", "cerebras", "groq", "mistral", "deepseek", "openrouter", "together", "xai", "dashscope"]).ToArray()
                    .SelectMany(name => new[] { $"{name.ToUpperInvariant()}_API_KEY=sk-{name}", $"{name.ToUpperInvariant()}_BASE_URL={root}/v1" }),
                "DEEPINFRA_TOKEN=sk-deepinfra", $"DEEPINFRA_BASE_URL={root}/v1",
                "ANTHROPIC_API_KEY=sk-anthropic", $"ANTHROPIC_BASE_URL={root}",
                "GEMINI_API_KEY=sk-gemini", $"GEMINI_BASE_URL={root}/v1beta",
                "AZURE_OPENAI_API_KEY=sk-azure", $"AZURE_OPENAI_ENDPOINT={root}", "AZURE_OPENAI_API_VERSION=2025-04-01-preview",
                "AWS_ACCESS_KEY_ID=AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY=secret-of-AKIAEXAMPLE", "AWS_REGION=us-east-1", $"AWS_ENDPOINT_URL_BEDROCK_RUNTIME={root}",
                $"OLLAMA_BASE_URL={root}/v1",
            ];
        }
    }
}
