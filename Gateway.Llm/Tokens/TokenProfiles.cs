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
        OutputSchemaBase = 3,
        OutputSchemaFactor = 0.7,
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

    private static readonly TokenProfile Claude = new()
    {
        Name = "claude",
        TextFactor = 1.15,
        PerRequest = 4,
        PerMessage = 3,
        ToolsBase = 340,
        PerTool = 40,
        PerToolProperty = 20,
        PerToolCall = 35,
        PerToolResult = 25,
        OutputSchemaBase = 120,
        OutputSchemaFactor = 1.6,
        Images = new AreaRule(),
    };

    private static readonly TokenProfile Gemini = new()
    {
        Name = "gemini",
        TextFactor = 1.05,
        PerMessage = 1,
        ToolsBase = 10,
        PerTool = 8,
        PerToolProperty = 8,
        PerToolCall = 12,
        PerToolResult = 8,
        Images = new GeminiTileRule(),
        PerDocument = 258,
    };

    private static readonly TokenProfile Gemini3 = Gemini with { Images = new FixedRule(1120), PerDocument = 560 };

    private static readonly TokenProfile Other = new()
    {
        Name = "other",
        TextFactor = 1.1,
        PerRequest = 3,
        PerMessage = 4,
        ToolsBase = 100,
        PerTool = 40,
        PerToolProperty = 15,
        PerToolCall = 15,
        PerToolResult = 5,
        OutputSchemaBase = 10,
        OutputSchemaFactor = 1,
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
            : Is(name, "gpt-") || Is(name, "o1") || Is(name, "o3") || Is(name, "o4") ? Reasoning
            : name.Contains("claude", StringComparison.OrdinalIgnoreCase) ? Claude
            : name.Contains("gemini-3", StringComparison.OrdinalIgnoreCase) ? Gemini3
            : name.Contains("gemini", StringComparison.OrdinalIgnoreCase) ? Gemini
            : Other;
    }

    private static bool Is(ReadOnlySpan<char> name, string prefix) => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);
}
