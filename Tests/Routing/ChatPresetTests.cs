using System.Text;
using System.Text.Json.Nodes;
using Gateway.Llm.Canonical;
using Gateway.Llm.ChatCompletions;
using RoutingService.Providers.OpenAICompatible;
using Shouldly;
using Xunit;

namespace Tests.Routing;

/// <summary>The services that speak Chat Completions, as rows of data: what each is called with and sent.</summary>
public sealed class ChatPresetTests
{
    /// <summary>All that services differ in.</summary>
    private static readonly LlmRequest Everything = new()
    {
        Model = "client",
        Stream = true,
        MaxOutputTokens = 9,
        TopK = 4,
        Seed = 1,
        FrequencyPenalty = 0.1m,
        PresencePenalty = 0.2m,
        ParallelToolCalls = false,
        Reasoning = new ReasoningWish { Effort = ReasoningEffort.Low },
        ServiceTier = "flex",
        EndUser = "u",
        Verbosity = "low",
        Messages =
        [
            new(LlmRole.Developer, "Be brief."),
            new(LlmRole.User, [new TextPart("hi") { Cache = new CacheMarker() }]),
            new(LlmRole.Assistant, [new ReasoningPart("hm"), new TextPart("ho")]),
            new(LlmRole.User, "go on"),
        ],
    };

    [Theory]
    [InlineData("openai_compatible", null)]
    [InlineData("cerebras", "https://api.cerebras.ai/v1")]
    [InlineData("deepinfra", "https://api.deepinfra.com/v1/openai")]
    [InlineData("deepseek", "https://api.deepseek.com/v1")]
    [InlineData("groq", "https://api.groq.com/openai/v1")]
    [InlineData("mistral", "https://api.mistral.ai/v1")]
    [InlineData("ollama", "http://localhost:11434/v1")]
    [InlineData("openrouter", "https://openrouter.ai/api/v1")]
    [InlineData("together", "https://api.together.xyz/v1")]
    [InlineData("vllm", null)]
    [InlineData("xai", "https://api.x.ai/v1")]
    public void Preset_HasItsAddress(string type, string? baseUrl) => Get(type).BaseUrl.ShouldBe(baseUrl);

    [Fact]
    public void Presets_AreThoseOfTheTable()
        => ChatPreset.All.Select(preset => preset.Type).Order(StringComparer.Ordinal).ShouldBe([
            "cerebras", "deepinfra", "deepseek", "groq", "mistral", "ollama", "openai_compatible", "openrouter", "together", "vllm", "xai"]);

    /// <summary>The fields beside those that all are sent, in alphabetical order.</summary>
    [Theory]
    [InlineData("openai_compatible", "frequency_penalty max_tokens parallel_tool_calls presence_penalty reasoning_effort seed service_tier stream_options user verbosity", "cache_control reasoning top_k")]
    [InlineData("cerebras", "max_completion_tokens parallel_tool_calls reasoning_effort seed service_tier stream_options user", "cache_control frequency_penalty presence_penalty reasoning top_k verbosity")]
    [InlineData("deepinfra", "frequency_penalty max_tokens parallel_tool_calls presence_penalty reasoning_effort seed service_tier stream_options top_k user", "cache_control reasoning verbosity")]
    [InlineData("deepseek", "frequency_penalty max_tokens presence_penalty seed stream_options user", "cache_control parallel_tool_calls reasoning_effort service_tier top_k verbosity")]
    [InlineData("groq", "frequency_penalty max_completion_tokens parallel_tool_calls presence_penalty reasoning_effort seed service_tier stream_options user", "cache_control reasoning top_k verbosity")]
    [InlineData("mistral", "frequency_penalty max_tokens parallel_tool_calls presence_penalty random_seed", "cache_control reasoning reasoning_effort service_tier top_k user verbosity")]
    [InlineData("ollama", "frequency_penalty max_tokens parallel_tool_calls presence_penalty reasoning_effort seed stream_options user", "cache_control reasoning service_tier top_k verbosity")]
    [InlineData("openrouter", "frequency_penalty max_tokens parallel_tool_calls presence_penalty reasoning_effort seed service_tier stream_options top_k user verbosity", "")]
    [InlineData("together", "frequency_penalty max_tokens parallel_tool_calls presence_penalty reasoning_effort seed stream_options top_k user", "cache_control reasoning service_tier verbosity")]
    [InlineData("vllm", "frequency_penalty max_tokens parallel_tool_calls presence_penalty reasoning_effort seed stream_options top_k user", "cache_control reasoning service_tier verbosity")]
    [InlineData("xai", "frequency_penalty max_completion_tokens parallel_tool_calls presence_penalty reasoning_effort seed stream_options user", "cache_control reasoning service_tier top_k verbosity")]
    public void Request_WhenOfEverything_HasWhatTheServiceKnows(string type, string fields, string dropped)
    {
        var losses = new LossReport();

        var request = JsonNode.Parse(Encoding.UTF8.GetString(ChatRequestWriter.Write(Everything, Get(type).Profile, new RequestContext("p", "m", losses))))!.AsObject();

        request.Select(field => field.Key).Except(["model", "messages", "stream"]).Order(StringComparer.Ordinal).ShouldBe(fields.Split(' '));
        losses.Entries.Order(StringComparer.Ordinal).ShouldBe(dropped.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(field => $"dropped:{field}"));
        request["messages"]![0]!["role"]!.GetValue<string>().ShouldBe("system");
    }

    [Theory]
    [InlineData("deepseek", "reasoning_content")]
    [InlineData("openrouter", "reasoning")]
    [InlineData("vllm", null)]
    public void Thoughts_WhenSentBack_AreWhereTheServiceReadsThem(string type, string? field)
    {
        var request = JsonNode.Parse(Encoding.UTF8.GetString(ChatRequestWriter.Write(Everything, Get(type).Profile, new RequestContext("p", "m", new LossReport()))))!;

        request["messages"]![2]!.AsObject().Select(member => member.Key).Except(["role", "content"]).SingleOrDefault().ShouldBe(field);
    }

    [Theory]
    [InlineData("groq")]
    [InlineData("mistral")]
    public void Logprobs_WhereThereAreNone_AreRefused(string type)
        => Should.Throw<Gateway.Llm.InvalidRequestException>(() => ChatRequestWriter.Write(
            Everything with { Logprobs = 1 }, Get(type).Profile, new RequestContext("p", "m", new LossReport()))).Param.ShouldBe("logprobs");

    private static ChatPreset Get(string type) => ChatPreset.All.Single(preset => preset.Type == type);
}
