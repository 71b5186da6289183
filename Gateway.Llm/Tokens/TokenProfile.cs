namespace Gateway.Llm.Tokens;

/// <summary>
/// How a family of models counts a prompt: which encoding comes nearest to its own, and what it adds. The numbers are measured on recorded
/// traffic; <c>docs/token-estimates.md</c> says how well they hold.
/// </summary>
public sealed record TokenProfile
{
    internal TokenProfile()
    {
    }

    public required string Name { get; init; }

    internal bool IsCl100k { get; init; }

    /// <summary>The model's tokens for one token of the encoding.</summary>
    internal double TextFactor { get; init; } = 1;

    internal double PerRequest { get; init; }

    internal double PerMessage { get; init; }

    /// <summary>Added once when there are tools.</summary>
    internal double ToolsBase { get; init; }

    internal double PerTool { get; init; }

    internal double PerToolProperty { get; init; }

    internal double PerToolCall { get; init; }

    internal double PerToolResult { get; init; }

    /// <summary>Added once when there is an output schema.</summary>
    internal double OutputSchemaBase { get; init; }

    internal double OutputSchemaFactor { get; init; }

    internal ImageRule Images { get; init; } = new FixedRule(1000);

    /// <summary>For each document, whose pages are not counted.</summary>
    internal int PerDocument { get; init; } = 1000;

    /// <summary>For each piece of sound that the request only names.</summary>
    internal int PerAudio { get; init; } = 300;

    /// <summary>Base64 of sound for one token: the length in seconds depends on the file's rate, which is not read.</summary>
    internal int AudioCharactersPerToken { get; init; } = 2000;

    /// <summary>For each video, whose length is not known.</summary>
    internal int PerVideo { get; init; } = 3000;

    internal TokenCounter Counter => IsCl100k ? TokenCounter.Cl100k : TokenCounter.O200k;

    /// <summary>The profile of a model by its name, with or without a provider or a region before it.</summary>
    public static TokenProfile ForModel(string model) => TokenProfiles.Of(model);

    internal long Total(in PromptCounts counts)
    {
        var total = PerRequest
            + (PerMessage * counts.Messages)
            + (TextFactor * (counts.Text + counts.ToolText))
            + (counts.Tools > 0 ? ToolsBase + (PerTool * counts.Tools) + (PerToolProperty * counts.ToolProperties) : 0)
            + (PerToolCall * counts.ToolCalls)
            + (PerToolResult * counts.ToolResults)
            + (counts.OutputSchema > 0 ? OutputSchemaBase + (OutputSchemaFactor * counts.OutputSchema) : 0);
        return (long)Math.Ceiling(total) + counts.HiddenReasoning + counts.Media;
    }

    /// <param name="kind">What it is.</param>
    /// <param name="data">Its base64, when the request holds it.</param>
    /// <param name="lowDetail">The request asks for the cheap view of an image.</param>
    internal long MediaTokens(MediaKind kind, ReadOnlySpan<byte> data, bool lowDetail)
    {
        switch (kind)
        {
            case MediaKind.Image:
                var (width, height) = (data.IsEmpty ? null : ImageSize.Read(data)) ?? ImageRule.UnknownSize;
                return Images.Tokens(width, height, lowDetail);
            case MediaKind.Audio:
                return data.IsEmpty ? PerAudio : data.Length / AudioCharactersPerToken;
            case MediaKind.Video:
                return PerVideo;
            default:
                return PerDocument;
        }
    }
}
