using Gateway.Llm.ChatCompletions;

namespace RoutingService.Providers.OpenAICompatible;

/// <summary>One that speaks Chat Completions, as a type of provider.</summary>
/// <param name="Type">What an administrator calls it.</param>
internal sealed record ChatPreset(string Type, string? BaseUrl, ChatProfile Profile)
{
    /// <summary>A server of one's own, or a service that is not named here.</summary>
    public static ChatPreset Custom { get; } = new("openai_compatible", null, new ChatProfile { HasFiles = true });

    public static IReadOnlyList<ChatPreset> All { get; } =
    [
        Custom,
        new("cerebras", "https://api.cerebras.ai/v1", new ChatProfile
        {
            MaxTokensField = "max_completion_tokens",
            Missing = ["frequency_penalty", "presence_penalty", "verbosity"],
        }),
        new("deepinfra", "https://api.deepinfra.com/v1/openai", new ChatProfile { HasTopK = true, Missing = ["verbosity"] }),
        new("deepseek", "https://api.deepseek.com/v1", new ChatProfile
        {
            ReasoningField = "reasoning_content",
            Missing = ["parallel_tool_calls", "reasoning_effort", "service_tier", "verbosity"],
        }),
        new("groq", "https://api.groq.com/openai/v1", new ChatProfile { MaxTokensField = "max_completion_tokens", Missing = ["logprobs", "verbosity"] }),

        // It refuses fields that it does not know, and says the usage of a stream without being asked.
        new("mistral", "https://api.mistral.ai/v1", new ChatProfile
        {
            HasStreamOptions = false,
            SeedField = "random_seed",
            Missing = ["logprobs", "reasoning_effort", "service_tier", "user", "verbosity"],
        }),
        new("ollama", "http://localhost:11434/v1", new ChatProfile { Missing = ["service_tier", "verbosity"] }),
        new("openrouter", "https://openrouter.ai/api/v1", new ChatProfile
        {
            HasCacheControl = true,
            HasFiles = true,
            HasTopK = true,
            ReasoningField = "reasoning",
        }),
        new("together", "https://api.together.xyz/v1", new ChatProfile { HasTopK = true, Missing = ["service_tier", "verbosity"] }),
        new("vllm", null, new ChatProfile { HasTopK = true, Missing = ["service_tier", "verbosity"] }),
        new("xai", "https://api.x.ai/v1", new ChatProfile { MaxTokensField = "max_completion_tokens", Missing = ["service_tier", "verbosity"] }),
    ];
}
