namespace Gateway.Llm.Tokens;

/// <summary>The families of models and their measured numbers.</summary>
internal static class TokenProfiles
{
    private static readonly TokenProfile OpenAI = new()
    {
        Name = "openai",
        PerRequest = 3,
        PerMessage = 4,
        ToolsBase = 13,
        PerTool = 5,
        PerToolProperty = 6,
        PerToolCall = 10,
        OutputSchemaBase = 10,
        OutputSchemaFactor = 0.68,
        Images = new TileRule(85, 170),
    };

    private static readonly TokenProfile Reasoning = OpenAI with
    {
        Name = "openai-reasoning",
        PerRequest = 2,
        PerTool = 8,
        PerToolProperty = 4,
        Images = new TileRule(70, 140),
    };

    private static readonly TokenProfile Gpt4 = OpenAI with { Name = "openai-cl100k", IsCl100k = true };
    private static readonly TokenProfile Gpt4oMini = OpenAI with { Images = new TileRule(2833, 5667) };
    private static readonly TokenProfile Gpt41Mini = OpenAI with { Images = new PatchRule(1.62) };
    private static readonly TokenProfile Gpt41Nano = OpenAI with { Images = new PatchRule(2.46) };
    private static readonly TokenProfile Gpt5Mini = Reasoning with { Images = new PatchRule(1.62) };
    private static readonly TokenProfile Gpt5Nano = Reasoning with { Images = new PatchRule(2.46) };
    private static readonly TokenProfile Gpt54 = Reasoning with { Images = new PatchRule(1.2) };

    /// <summary>Claude up to 4.1.</summary>
    private static readonly TokenProfile Claude = new()
    {
        Name = "claude",
        TextFactor = 1.14,
        PerRequest = 4,
        PerMessage = 3,
        ToolsBase = 275,
        PerTool = 75,
        PerToolProperty = 5,
        PerToolCall = 40,
        PerToolResult = 35,
        OutputSchemaBase = 97,
        OutputSchemaFactor = 1.95,
        Images = new AreaRule(),
        PerDocument = 2000,
    };

    /// <summary>Claude 4.5 and 4.6: another prompt for tools.</summary>
    private static readonly TokenProfile Claude45 = Claude with
    {
        Name = "claude-4.5",
        TextFactor = 1.08,
        ToolsBase = 490,
        PerTool = 55,
        PerToolProperty = 12,
    };

    /// <summary>Claude 4.7 and later: another encoding, with more tokens for the same text.</summary>
    private static readonly TokenProfile Claude5 = Claude with
    {
        Name = "claude-5",
        TextFactor = 1.4,
        ToolsBase = 340,
        PerTool = 50,
        PerToolProperty = 15,
    };

    private static readonly TokenProfile Gemini = new()
    {
        Name = "gemini",
        TextFactor = 1.03,
        PerMessage = 1,
        ToolsBase = 10,
        PerTool = 10,
        PerToolProperty = 8,
        PerToolCall = 15,
        PerToolResult = 10,
        Images = new GeminiTileRule(),
        PerDocument = 258,
        PerAudio = 150,
        AudioCharactersPerToken = 680,
    };

    /// <summary>Gemini until 2.0 counts the words of a tool and little more.</summary>
    private static readonly TokenProfile Gemini2 = Gemini with
    {
        Name = "gemini-2.0",
        ToolsBase = 0,
        PerTool = 2,
        PerToolProperty = 2,
        PerToolCall = 0,
        PerToolResult = 0,
    };

    /// <summary>Its calls carry signed thoughts, which cost too.</summary>
    private static readonly TokenProfile Gemini3 = Gemini with
    {
        Name = "gemini-3",
        PerToolCall = 30,
        Images = new FixedRule(1120),
        PerDocument = 560,
    };

    private static readonly TokenProfile Nova = new()
    {
        Name = "nova",
        ToolsBase = 350,
        PerTool = 35,
        PerToolProperty = 10,
        PerToolCall = 20,
        PerToolResult = 20,
    };

    private static readonly TokenProfile Nova2 = Nova with { Name = "nova-2", PerRequest = 46, ToolsBase = 800, PerTool = 50 };

    private static readonly TokenProfile Grok = new()
    {
        Name = "grok",
        ToolsBase = 160,
        PerTool = 15,
        PerToolProperty = 8,
        PerToolCall = 15,
        OutputSchemaBase = 20,
        OutputSchemaFactor = 1,
        Images = new FixedRule(256),
    };

    private static readonly TokenProfile GptOss = OpenAI with { Name = "gpt-oss", PerRequest = 60 };

    /// <summary>What is not measured: no schema in the prompt, as a rule it guides the sampler.</summary>
    private static readonly TokenProfile Other = new()
    {
        Name = "other",
        TextFactor = 1.1,
        PerRequest = 3,
        PerMessage = 3,
        ToolsBase = 20,
        PerTool = 15,
        PerToolProperty = 8,
        PerToolCall = 15,
        PerToolResult = 5,
    };

    public static TokenProfile Of(string model)
    {
        var name = model.AsSpan(model.LastIndexOf('/') + 1);
        return Is(name, "gpt-4o-mini") ? Gpt4oMini
            : Is(name, "gpt-4.1-mini") ? Gpt41Mini
            : Is(name, "gpt-4.1-nano") ? Gpt41Nano
            : Is(name, "gpt-4o") || Is(name, "gpt-4.1") || Is(name, "gpt-4.5") || Is(name, "chatgpt-4o") ? OpenAI
            : Is(name, "gpt-4") || Is(name, "gpt-3.5") ? Gpt4
            : Is(name, "gpt-5.4") || Is(name, "gpt-5.5") || Is(name, "gpt-5.6") ? Gpt54
            : Is(name, "gpt-5-mini") ? Gpt5Mini
            : Is(name, "gpt-5-nano") ? Gpt5Nano
            : Contains(name, "gpt-oss") ? GptOss
            : Is(name, "gpt-") || Is(name, "o1") || Is(name, "o3") || Is(name, "o4") ? Reasoning
            : Contains(name, "claude") ? ClaudeOf(name)
            : Contains(name, "gemini-3") ? Gemini3
            : Contains(name, "gemini-2.0") || Contains(name, "gemini-1") ? Gemini2
            : Contains(name, "gemini") ? Gemini
            : Contains(name, "grok") ? Grok
            : Contains(name, "nova-2") ? Nova2
            : Contains(name, "nova-") ? Nova
            : Other;
    }

    private static TokenProfile ClaudeOf(ReadOnlySpan<char> name)
        => Contains(name, "-4-7") || Contains(name, "-4-8") || Contains(name, "sonnet-5") || Contains(name, "opus-5") || Contains(name, "haiku-5")
            ? Claude5
            : Contains(name, "-4-5") || Contains(name, "-4-6") ? Claude45
            : Claude;

    private static bool Is(ReadOnlySpan<char> name, string prefix) => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);

    private static bool Contains(ReadOnlySpan<char> name, string part) => name.Contains(part, StringComparison.OrdinalIgnoreCase);
}
