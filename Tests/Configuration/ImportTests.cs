using System.Text.Json.Nodes;
using Gateway.Configuration;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Configuration;

public sealed class ImportTests(UpstreamSimulator simulator)
{
    private const string Token = "sk-2hB0vUXs1k9r7yQm3pTzWQ";

    /// <summary>Ten models of ten kinds of provider, with their keys: what LiteLLM serves, the gateway serves.</summary>
    [Fact]
    public async Task LiteLlm_WhenTenModelsAreImported_AnswersTheirCalls()
    {
        var root = simulator.Server.BaseAddress.AbsoluteUri.TrimEnd('/');
        string[] models = ["gpt", "azure-gpt", "claude", "gemini", "bedrock-claude", "mistral-large", "deepseek-chat", "llama-groq", "router-any", "own"];
        var config =
            $$"""
            model_list:
              - model_name: gpt
                litellm_params: {model: openai/gpt-5-mini, api_base: "{{root}}/v1", api_key: os.environ/OPENAI_API_KEY, rpm: 1000, tpm: 100000}
              - model_name: azure-gpt
                litellm_params: {model: azure/gpt-5-mini, api_base: "{{root}}", api_version: 2025-04-01-preview, api_key: os.environ/AZURE_API_KEY}
              - model_name: claude
                litellm_params: {model: anthropic/claude-sonnet-4-6, api_base: "{{root}}", api_key: os.environ/ANTHROPIC_API_KEY}
              - model_name: gemini
                litellm_params: {model: gemini/gemini-3-pro-preview, api_base: "{{root}}/v1beta", api_key: os.environ/GEMINI_API_KEY}
              - model_name: bedrock-claude
                litellm_params: {model: "bedrock/converse/anthropic.claude-sonnet-4-6-v1:0", api_base: "{{root}}", aws_region_name: us-east-1, api_key: os.environ/BEDROCK_KEY}
              - model_name: mistral-large
                litellm_params: {model: mistral/mistral-large, api_base: "{{root}}/v1", api_key: os.environ/MISTRAL_API_KEY}
              - model_name: deepseek-chat
                litellm_params: {model: deepseek/deepseek-chat, api_base: "{{root}}/v1", api_key: os.environ/DEEPSEEK_API_KEY}
              - model_name: llama-groq
                litellm_params: {model: groq/llama-3, api_base: "{{root}}/v1", api_key: os.environ/GROQ_API_KEY, weight: 3}
              - model_name: llama-groq
                litellm_params: {model: groq/llama-3, api_base: "{{root}}/v1", api_key: os.environ/GROQ_API_KEY_2}
              - model_name: router-any
                litellm_params: {model: openrouter/some/model, api_base: "{{root}}/v1", api_key: os.environ/OPENROUTER_API_KEY}
              - model_name: own
                litellm_params: {model: hosted_vllm/own-model, api_base: "{{root}}/v1", input_cost_per_token: 0.0000005, output_cost_per_token: 1.5e-06}
            router_settings:
              routing_strategy: least-busy
              num_retries: 2
              fallbacks: [{gpt: [claude]}]
              model_group_alias: {gpt-4: gpt}
              redis_host: redis
            litellm_settings:
              context_window_fallbacks: [{gpt: [gemini]}]
              callbacks: [langfuse]
            general_settings:
              master_key: os.environ/LITELLM_MASTER_KEY
              database_url: os.environ/DATABASE_URL
            """;
        var keys =
            $$"""
            [{"token":"{{ConfiguredGateway.Hash(Token)[7..]}}","key_name":"sk-...TzWQ","key_alias":"team-a","models":[],"max_budget":5,"budget_duration":"30d","spend":1.5,"team_id":"t1","blocked":null},
             {"token":"{{ConfiguredGateway.Hash("sk-free")[7..]}}","key_alias":"free","models":["all-proxy-models"]}]
            """;

        var imported = LiteLlmImport.Read(config, keys);

        await using var gateway = new Started();
        await gateway.Value.InitializeAsync();
        var applied = await gateway.Value.ApplyAsync(imported.Yaml);
        applied.IsComplete.ShouldBeTrue($"{applied.Failed}: {applied.Fault}\n{imported.Yaml}");
        foreach (var model in models)
        {
            (await gateway.Value.ChatAsync("sk-free", model)).Status.ShouldBe(200, model);
            var streamed = await gateway.Value.ChatAsync("sk-free", model, stream: true);
            streamed.Status.ShouldBe(200, model);
            streamed.Text.ShouldContain("[DONE]", customMessage: model);
        }

        (await gateway.Value.ChatAsync("sk-free", "gpt-4")).Status.ShouldBe(200);
        (await gateway.Value.ChatAsync(Token, "own")).Status.ShouldBe(200);
        (await gateway.Value.ChatAsync("sk-LITELLM_MASTER_KEY", "gpt")).Status.ShouldBe(200);
        var alias = (await gateway.Value.FindAsync("models", "alias", "gpt"))["routing_config"]!.ToJsonString();
        JsonNode.DeepEquals(
            JsonNode.Parse(alias),
            JsonNode.Parse("""{"strategy":"least_busy","fallbacks":{"general":["claude"],"context_window":["gemini"]},"max_attempts":3}""")).ShouldBeTrue(alias);
        var own = await gateway.Value.FindAsync("deployments", "model_name", "own");
        own["input_cost_per_million"]!.GetValue<decimal>().ShouldBe(0.5m);
        own["output_cost_per_million"]!.GetValue<decimal>().ShouldBe(1.5m);
        (await gateway.Value.FindAsync("keys", "name", "team-a"))["budget_period"]!.GetValue<string>().ShouldBe("monthly");
        foreach (var note in new[] { "router_settings.redis_host", "litellm_settings.callbacks", "general_settings.database_url", "'litellm-master'", "has spent 1.5", "team_id was not", "without a price" })
        {
            imported.NotCarriedOver.ShouldContain(line => line.Contains(note, StringComparison.Ordinal), note);
        }
    }

    [Fact]
    public void LiteLlm_WhenSomethingHasNoPlaceHere_SaysSo()
    {
        var imported = LiteLlmImport.Read(
            """
            model_list:
              - {model_name: clear, litellm_params: {model: gpt-4o, api_key: sk-in-the-clear, max_retries: 3}}
              - {model_name: "*", litellm_params: {model: "*"}}
              - {model_name: painter, litellm_params: {model: openai/dall-e-3}, model_info: {mode: image_generation}}
              - {model_name: odd, litellm_params: {model: nobody/knows}}
            mcp_servers: {}
            """);

        imported.Yaml.ShouldNotContain("sk-in-the-clear");
        imported.Yaml.ShouldContain("api_key: ${env:OPENAI_API_KEY}");
        GatewayFile.Parse(imported.Yaml, options: new GatewayFileOptions { ResolvesReferences = false }).Validate().ShouldBeEmpty();
        imported.NotCarriedOver.ShouldBe(
        [
            "The key of model_list[0] ('clear') stands there in the clear, which a file must not: put it into the variable OPENAI_API_KEY.",
            "model_list[0] ('clear'): litellm_params.max_retries was not carried over.",
            "model_list[1] ('*') is a pattern: clients ask for 'provider/model' instead.",
            "model_list[2] ('painter') is for 'image_generation', which the gateway does not serve.",
            "model_list[3] ('odd'): there is no provider for 'nobody/knows'.",
            "mcp_servers was not carried over.",
        ]);
    }

    [Fact]
    public void LiteLlm_WhenAValueCannotBeRead_SaysSo()
    {
        var imported = LiteLlmImport.Read(
            """
            model_list:
              - {model_name: gpt, litellm_params: {model: gpt-4o, rpm: os.environ/RPM, timeout: 30s}}
            router_settings:
              fallbacks: [{gone: [gpt]}]
            """,
            "token,key_alias,models\n" + new string('a', 64) + ",python,\"['gpt', 'echo']\"\n" + new string('b', 64) + ",team,{all-team-models}\n");

        imported.Yaml.ShouldContain("rpm_limit: ${env:RPM}");
        imported.Yaml.ShouldContain("allowed_models: [gpt, echo]");
        imported.NotCarriedOver.ShouldBe(
        [
            "model_list[0] ('gpt'): litellm_params.timeout is no number, and was not carried over.",
            "fallbacks of 'gone' were not carried over: it is no deployment here.",
            "key 'team' has the models of its team, which are not in its row: it may call all models until it has 'allowed_models'.",
        ]);
    }

    [Fact]
    public void LiteLlmKeys_WhenTheyAreCsv_AreReadAsWell()
    {
        var hash = ConfiguredGateway.Hash("sk-1")[7..];
        var imported = LiteLlmImport.Read(
            "model_list: []",
            $"token,key_name,key_alias,models,rpm_limit,blocked,expires,budget_duration,max_budget,metadata\n{hash},sk-...abcd,\"a, \"\"b\"\"\",\"{{gpt,claude}}\",5,t,2027-01-01 00:00:00,45d,2,{{}}\nnonsense,,,,,,,,,\n");

        var file = GatewayFile.Parse(imported.Yaml);
        file.Validate().ShouldBeEmpty();
        JsonNode.DeepEquals(file.Content["keys"]!["a, \"b\""], JsonNode.Parse(
            $$"""{"hash":"sha256:{{hash}}","key_prefix":"sk-...abcd","enabled":false,"rpm_limit":5,"budget_limit":2,"expires_at":"2027-01-01T00:00:00Z","allowed_models":["gpt","claude"]}"""))
            .ShouldBeTrue(file.Content.ToJsonString());
        imported.NotCarriedOver.ShouldContain(note => note.Contains("budget for 45d", StringComparison.Ordinal));
        imported.NotCarriedOver.ShouldContain(note => note.Contains("key 2 has no 'token'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RouterServices_WhenTheyAreImported_AnswerInTheirOrder()
    {
        var root = simulator.Server.BaseAddress.AbsoluteUri.TrimEnd('/');
        var imported = RouterServicesImport.Read(
            $$"""
            [{"name":"second","backend_type":"custom","base_url":"{{root}}/v1","priority":1},
             {"name":"first","backend_type":"openai","base_url":"{{root}}/v1","api_key":"sk-in-the-clear","priority":0,"timeout":30,"rate_limit_requests":10,"rate_limit_window":30}]
            """,
            ["some-model"]);
        await using var gateway = new Started();
        await gateway.Value.InitializeAsync();

        (await gateway.Value.ApplyAsync(imported.Yaml + $"\nkeys: {{client: {{hash: \"{ConfiguredGateway.Hash("sk-client")}\"}}}}\n")).Fault.ShouldBeNull();

        (await gateway.Value.ChatAsync("sk-client", "some-model")).Status.ShouldBe(200);
        simulator.Server.Requests.Count(request => request.Credential == "sk-FIRST_API_KEY").ShouldBe(1);
        (await gateway.Value.FindAsync("providers", "name", "first"))["rpm_limit"]!.GetValue<int>().ShouldBe(20);
        imported.Yaml.ShouldNotContain("sk-in-the-clear");
        imported.NotCarriedOver.Count.ShouldBe(2);
    }

    private sealed class Started : IAsyncDisposable
    {
        public ConfiguredGateway Value { get; } = new();

        public ValueTask DisposeAsync() => Value.DisposeAsync();
    }
}
