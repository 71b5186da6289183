namespace Gateway.Llm.ChatCompletions;

/// <summary>In what one that speaks Chat Completions differs from OpenAI.</summary>
public sealed record ChatProfile
{
    public static ChatProfile OpenAI { get; } = new()
    {
        MaxTokensField = "max_completion_tokens",
        HasDeveloperRole = true,
        HasFreeformTools = true,
        HasFiles = true,
    };

    /// <summary>The field of the output cap; the older <c>max_tokens</c> is understood by most.</summary>
    public string MaxTokensField { get; init; } = "max_tokens";

    /// <summary>A stream says its usage when it is asked to; without the field it does so by itself.</summary>
    public bool HasStreamOptions { get; init; } = true;

    /// <summary>Else the developer's words are the system's.</summary>
    public bool HasDeveloperRole { get; init; }

    public bool HasFreeformTools { get; init; }

    public bool HasFiles { get; init; }

    public bool HasTopK { get; init; }

    /// <summary>Parts can be marked as Anthropic's are.</summary>
    public bool HasCacheControl { get; init; }

    public string SeedField { get; init; } = "seed";

    /// <summary>Where earlier thoughts are sent back as text; null is nowhere.</summary>
    public string? ReasoningField { get; init; }

    /// <summary>Fields that it refuses.</summary>
    public IReadOnlyCollection<string> Missing { get; init; } = [];

    public bool Has(string field) => !Missing.Contains(field);
}
