using System.Text.Json;

namespace Gateway.Llm.Canonical;

/// <summary>Something that the model may call.</summary>
public abstract record LlmTool
{
    /// <summary>What a call of it names.</summary>
    public abstract string Name { get; init; }
}

/// <summary>A function of the client's.</summary>
/// <param name="Parameters">The JSON schema of its arguments; null takes none.</param>
public sealed record FunctionTool(string Name, JsonElement? Parameters) : LlmTool
{
    public override string Name { get; init; } = Name;

    public string? Description { get; init; }

    public bool? Strict { get; init; }

    public CacheMarker? Cache { get; init; }
}

/// <summary>A tool of the client's that takes plain text (OpenAI's <c>custom</c>).</summary>
/// <param name="Format">The grammar that the text must follow, as OpenAI writes it; null is any text.</param>
public sealed record FreeformTool(string Name, JsonElement? Format) : LlmTool
{
    public override string Name { get; init; } = Name;

    public string? Description { get; init; }
}

/// <summary>A tool that the provider runs itself.</summary>
/// <param name="Origin">Whose dialect <paramref name="Json"/> is; one of <see cref="Origins"/>.</param>
/// <param name="Type">The type as the client wrote it, such as <c>web_search_20250305</c>.</param>
public sealed record HostedTool(string Origin, string Type, JsonElement Json) : LlmTool
{
    public override string Name { get; init; } = Type;
}

/// <summary>Which tools the model may or must call.</summary>
/// <param name="Names">For one tool or a choice of some; else empty.</param>
public sealed record ToolChoice(ToolChoiceMode Mode, IReadOnlyList<string> Names)
{
    public static ToolChoice Auto { get; } = new(ToolChoiceMode.Auto, []);

    public static ToolChoice None { get; } = new(ToolChoiceMode.None, []);

    public static ToolChoice Required { get; } = new(ToolChoiceMode.Required, []);

    public static ToolChoice One(string name) => new(ToolChoiceMode.One, [name]);
}

public enum ToolChoiceMode
{
    Auto,
    None,

    /// <summary>Some tool must be called; one of the names, where there are names.</summary>
    Required,

    /// <summary>The one named tool must be called.</summary>
    One,

    /// <summary>One of the names may be called.</summary>
    Allowed,
}
