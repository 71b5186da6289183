using System.Text.Json;

namespace Gateway.Llm.Canonical;

/// <summary>
/// A piece of an answer between a provider's protocol and a client's format. An answer that is no stream is the same events at once, so both
/// forms of an answer are made from one source. A part is open from its first event until <see cref="PartEnded"/>, a piece of another kind, or
/// the end of the answer.
/// </summary>
public abstract record StreamEvent;

/// <summary>The provider has begun; no content yet.</summary>
public sealed record AnswerStarted(string? UpstreamId, string? UpstreamModel) : StreamEvent;

public sealed record TextDelta(string Text) : StreamEvent;

public sealed record RefusalDelta(string Text) : StreamEvent;

public sealed record ReasoningDelta(string Text) : StreamEvent;

/// <summary>State of the open reasoning part; or, where none is open, a part of state alone.</summary>
/// <param name="IsRedacted">The provider has hidden the text in it.</param>
public sealed record ReasoningSigned(OpaqueState State, bool IsRedacted = false) : StreamEvent;

/// <summary>State of the open text part, or of an empty one.</summary>
public sealed record TextSigned(OpaqueState State) : StreamEvent;

/// <param name="Index">Counts the tool calls of the answer, from 0.</param>
public sealed record ToolCallStarted(int Index, string Id, string Name) : StreamEvent
{
    public bool IsFreeform { get; init; }

    public OpaqueState? State { get; init; }
}

public sealed record ToolCallDelta(int Index, string ArgumentsPart) : StreamEvent;

/// <summary>A citation of the open text part.</summary>
public sealed record CitationAdded(Citation Citation) : StreamEvent;

/// <summary>Log probabilities of the last text, as OpenAI writes them.</summary>
public sealed record LogprobsAdded(JsonElement Content) : StreamEvent;

/// <summary>A part that only its maker understands, whole.</summary>
public sealed record NativePartAdded(NativePart Part) : StreamEvent;

/// <summary>The open part is complete; a piece of the same kind behind it is a new one.</summary>
public sealed record PartEnded : StreamEvent
{
    public static PartEnded Instance { get; } = new();
}

/// <summary>Tokens so far; the last report before the end counts when the end has none.</summary>
public sealed record UsageReported(LlmUsage Usage) : StreamEvent;

/// <summary>The last event of every answer that came to its end.</summary>
/// <param name="Usage">Null where the provider has not said it.</param>
public sealed record MessageEnded(FinishReason Reason, LlmUsage? Usage) : StreamEvent
{
    /// <summary>The sequence that was hit, where the provider tells it.</summary>
    public string? StopSequence { get; init; }
}

/// <summary>The provider gives up; nothing comes behind it.</summary>
/// <param name="Status">The HTTP status that the provider would have answered with.</param>
public sealed record AnswerFailed(int Status, string Message, string? Code = null, string? Type = null) : StreamEvent;

public enum FinishReason
{
    Stop,
    StopSequence,
    Length,
    ToolCalls,
    ContentFilter,

    /// <summary>The model refused by itself.</summary>
    Refusal,

    /// <summary>A hosted tool takes long: the client is to send the answer back to go on.</summary>
    Pause,

    ContextWindow,
    MalformedToolCall,
    Other,
}

/// <summary>Tokens in disjoint buckets.</summary>
public readonly record struct LlmUsage
{
    public long Input { get; init; }

    public long CacheRead { get; init; }

    public long CacheWrite { get; init; }

    public long CacheWrite1Hour { get; init; }

    public long AudioInput { get; init; }

    public long ImageInput { get; init; }

    public long Output { get; init; }

    public long Reasoning { get; init; }

    public long AudioOutput { get; init; }

    /// <summary>What it was served as, see <see cref="ServiceTiers"/>; null where nobody says it.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>Numbers that a call can have used. Others are no report: they would overflow a sum, or a budget.</summary>
    public bool IsPlausible
        => IsCount(Input) && IsCount(CacheRead) && IsCount(CacheWrite) && IsCount(CacheWrite1Hour) && IsCount(AudioInput) && IsCount(ImageInput)
            && IsCount(Output) && IsCount(Reasoning) && IsCount(AudioOutput) && TotalInput <= MostTokens && TotalOutput <= MostTokens;

    public long TotalInput => Input + CacheRead + CacheWrite + CacheWrite1Hour + AudioInput + ImageInput;

    public long TotalOutput => Output + Reasoning + AudioOutput;

    private const long MostTokens = 1_000_000_000;

    private static bool IsCount(long tokens) => tokens is >= 0 and <= MostTokens;
}
