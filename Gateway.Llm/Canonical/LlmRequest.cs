using System.Text.Json;

namespace Gateway.Llm.Canonical;

/// <summary>A request between formats: what every client format says and every provider needs.</summary>
public sealed record LlmRequest
{
    public required string Model { get; init; }

    public bool Stream { get; init; }

    /// <summary>The client wants usage in its stream.</summary>
    public bool IncludeUsage { get; init; }

    public IReadOnlyList<LlmMessage> Messages { get; init; } = [];

    public IReadOnlyList<LlmTool> Tools { get; init; } = [];

    public long? MaxOutputTokens { get; init; }

    /// <summary>The JSON schema that the answer must fit.</summary>
    public JsonElement? OutputSchema { get; init; }
}

/// <summary>One turn; <paramref name="Text"/> is all of its text parts.</summary>
public sealed record LlmMessage(LlmRole Role, string Text);

public sealed record LlmTool(string Name, JsonElement? Parameters);

public enum LlmRole
{
    System,
    User,
    Assistant,
    Tool,
}
