namespace Gateway.Cli.Starting;

/// <summary>A vendor whose key is usually in a variable of the environment.</summary>
/// <param name="Name">Of the provider, and of its type.</param>
/// <param name="Model">A small model of theirs to begin with.</param>
internal sealed record KnownProvider(string Name, string Variable, string Model)
{
    public static IReadOnlyList<KnownProvider> All { get; } =
    [
        new("openai", "OPENAI_API_KEY", "gpt-5-mini"),
        new("anthropic", "ANTHROPIC_API_KEY", "claude-haiku-4-5"),
        new("gemini", "GEMINI_API_KEY", "gemini-2.5-flash"),
        new("mistral", "MISTRAL_API_KEY", "mistral-small-latest"),
        new("groq", "GROQ_API_KEY", "llama-3.3-70b-versatile"),
        new("deepseek", "DEEPSEEK_API_KEY", "deepseek-chat"),
        new("cerebras", "CEREBRAS_API_KEY", "llama-3.3-70b"),
        new("deepinfra", "DEEPINFRA_TOKEN", "meta-llama/Llama-3.3-70B-Instruct"),
        new("openrouter", "OPENROUTER_API_KEY", "openai/gpt-5-mini"),
        new("together", "TOGETHER_API_KEY", "meta-llama/Llama-3.3-70B-Instruct-Turbo"),
        new("xai", "XAI_API_KEY", "grok-4-fast"),
    ];

    public static IReadOnlyList<KnownProvider> In(Func<string, string?> variable) => [.. All.Where(provider => variable(provider.Variable) is not null)];
}
