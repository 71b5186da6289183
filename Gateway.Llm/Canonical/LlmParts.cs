using System.Text.Json;

namespace Gateway.Llm.Canonical;

/// <summary>A piece of a turn.</summary>
public abstract record LlmPart
{
    public CacheMarker? Cache { get; init; }
}

public sealed record TextPart(string Text) : LlmPart
{
    public IReadOnlyList<Citation> Citations { get; init; } = [];

    /// <summary>Gemini signs pieces of text too.</summary>
    public OpaqueState? State { get; init; }
}

/// <summary>The model says why it will not answer.</summary>
public sealed record RefusalPart(string Text) : LlmPart;

public sealed record ImagePart(MediaSource Source) : LlmPart
{
    /// <summary>OpenAI's <c>detail</c>.</summary>
    public string? Detail { get; init; }
}

public sealed record DocumentPart(MediaSource Source) : LlmPart
{
    public string? Name { get; init; }

    /// <summary>What the client says about the document.</summary>
    public string? Context { get; init; }

    /// <summary>The model is to cite it.</summary>
    public bool Citations { get; init; }
}

public sealed record AudioPart(MediaSource Source) : LlmPart;

public sealed record VideoPart(MediaSource Source) : LlmPart;

/// <param name="Arguments">JSON text as the model wrote it; empty stands for <c>{}</c>.</param>
public sealed record ToolCallPart(string Id, string Name, string Arguments) : LlmPart
{
    /// <summary>A <see cref="FreeformTool"/> was called: the arguments are plain text.</summary>
    public bool IsFreeform { get; init; }

    /// <summary>Gemini's <c>thoughtSignature</c>.</summary>
    public OpaqueState? State { get; init; }
}

public sealed record ToolResultPart(string CallId, IReadOnlyList<LlmPart> Content) : LlmPart
{
    public bool IsError { get; init; }

    public bool IsFreeform { get; init; }
}

/// <summary>What the model thought: readable text, opaque state, or both.</summary>
public sealed record ReasoningPart(string Text) : LlmPart
{
    public OpaqueState? State { get; init; }

    /// <summary>The provider has hidden the text in the state.</summary>
    public bool IsRedacted { get; init; }
}

/// <summary>A piece that only its maker understands, such as what a hosted tool did. It goes back to its maker, and to nobody else.</summary>
/// <param name="Origin">One of <see cref="Origins"/>.</param>
public sealed record NativePart(string Origin, JsonElement Json) : LlmPart;

/// <summary>Where the text of an answer comes from.</summary>
public sealed record Citation
{
    public string? Url { get; init; }

    public string? Title { get; init; }

    /// <summary>The words of the source.</summary>
    public string? CitedText { get; init; }

    /// <summary>Where in the answer's text, in characters.</summary>
    public int? Start { get; init; }

    public int? End { get; init; }

    /// <summary>The citation as its maker wrote it.</summary>
    public (string Origin, JsonElement Json)? Native { get; init; }
}

/// <summary>Where the bytes of a picture, document or recording are.</summary>
public abstract record MediaSource;

public sealed record UrlSource(string Url) : MediaSource;

public sealed record BytesSource(string MediaType, string Base64) : MediaSource;

public sealed record PlainTextSource(string Text) : MediaSource;

/// <param name="Origin">Whose file store knows the id; one of <see cref="Origins"/>.</param>
public sealed record FileSource(string Origin, string FileId) : MediaSource;
