namespace Gateway.Llm.Canonical;

/// <summary>A piece of an answer between a provider and a client format.</summary>
public abstract record StreamEvent;

public sealed record TextDelta(string Text) : StreamEvent;

public sealed record ToolCallStarted(int Index, string Id, string Name) : StreamEvent;

public sealed record ToolCallDelta(int Index, string ArgumentsPart) : StreamEvent;

/// <summary>The last event of every answer that came to its end.</summary>
public sealed record MessageEnded(FinishReason Reason, LlmUsage Usage) : StreamEvent;

public enum FinishReason
{
    Stop,
    Length,
    ToolCalls,
    ContentFilter,
    Other,
}

/// <summary>Tokens in disjoint buckets.</summary>
public readonly record struct LlmUsage
{
    public long Input { get; init; }

    public long CacheRead { get; init; }

    public long CacheWrite { get; init; }

    public long AudioInput { get; init; }

    public long Output { get; init; }

    public long Reasoning { get; init; }

    public long AudioOutput { get; init; }
}
