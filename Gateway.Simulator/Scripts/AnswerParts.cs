namespace Gateway.Simulator.Scripts;

/// <summary>How an answer ends.</summary>
public enum AnswerEnding
{
    /// <summary>As HTTP and the protocol ask for.</summary>
    Complete,

    /// <summary>The connection is closed by a FIN, with no last chunk.</summary>
    Fin,

    /// <summary>The connection is reset.</summary>
    Reset,

    /// <summary>Nothing more is sent, and the connection is held open until the caller leaves.</summary>
    Stall,
}

/// <summary>How the end of a body is told.</summary>
public enum AnswerFraming
{
    /// <summary>Streams in chunks, a fixture as it was recorded, other bodies with their length.</summary>
    Automatic,

    /// <summary>By <c>Content-Length</c>.</summary>
    Length,

    /// <summary>By a last chunk.</summary>
    Chunked,

    /// <summary>By the end of the connection.</summary>
    CloseDelimited,

    /// <summary>By a last chunk, though there is a <c>Content-Length</c> as well, which says less.</summary>
    ChunkedWithLength,
}

/// <summary>Why a model stopped, in no vendor's words.</summary>
public enum AnswerFinish
{
    Stop,
    Length,
    ToolCalls,
    ContentFilter,
}

/// <summary>What goes wrong, in no vendor's words.</summary>
public enum AnswerErrorKind
{
    ContextTooLong,
    ContentRefused,
    WrongKey,
    ModelNotAllowed,
    ModelUnknown,
    QuotaUsedUp,
}

/// <summary>A call of a tool; the id is made up when absent.</summary>
public sealed record AnswerToolCall(string Name, string Arguments, string? Id = null);

/// <summary>Text that is sent after so many events of a stream.</summary>
/// <param name="IsData">The protocol makes an event of it, whatever it is.</param>
/// <param name="Times">So often, one behind the other.</param>
public sealed record AnswerInsertion(int AfterEvents, string Text, bool IsData = false, int Times = 1);

/// <summary>Reported usage: <paramref name="Input"/> includes what was cached, <paramref name="Output"/> the reasoning.</summary>
public sealed record AnswerUsage(long Input, long Output, long CachedInput = 0, long Reasoning = 0);

/// <summary>Values of usage as they stand in the JSON, numbers or not.</summary>
public sealed record AnswerOddUsage(string Input, string Output);
