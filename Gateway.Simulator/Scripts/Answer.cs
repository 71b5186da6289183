namespace Gateway.Simulator.Scripts;

/// <summary>
/// One scripted answer: what is answered, and how it is sent. The same record is used in process and, as JSON, over HTTP.
/// What is answered is the first that is set of <see cref="Fault"/>, <see cref="Wire"/>, <see cref="Fixture"/>,
/// <see cref="Body"/>; with none of them the protocol makes an answer (status below 400) or an error of its own.
/// </summary>
public sealed record Answer
{
    /// <summary>The answer that an unscripted request gets.</summary>
    public static Answer Default { get; } = new();

    /// <summary>A row of the fault catalog by name (<c>u09</c>): the whole answer, the rest of this record is not used.</summary>
    public string? Fault { get; init; }

    /// <summary>The exact bytes on the connection, status line included; the connection is closed after them.</summary>
    public ReadOnlyMemory<byte>? Wire { get; init; }

    /// <summary>A recorded exchange to replay: a path below a fixture folder, with or without <c>.json</c>.</summary>
    public string? Fixture { get; init; }

    /// <summary>The body as given. One that is sent as <c>text/event-stream</c> is sent event by event.</summary>
    public string? Body { get; init; }

    /// <summary>The text of the protocol's answer, one token for each word. Absent: the default text.</summary>
    public string? Text { get; init; }

    /// <summary>What the model thinks before it answers, in protocols that show it; one token for each word.</summary>
    public string? Reasoning { get; init; }

    /// <summary>How many tokens of the default text are answered; the caller's output cap can lower it.</summary>
    public int Tokens { get; init; } = DefaultText.Tokens;

    /// <summary>How long each piece of the default text is at least, filled up with letters.</summary>
    public int PieceLength { get; init; }

    /// <summary>Tool calls, after the text; without <see cref="Text"/> there is none before them.</summary>
    public IReadOnlyList<AnswerToolCall> ToolCalls { get; init; } = [];

    /// <summary>Why the answer ended. Absent: what follows from the answer.</summary>
    public AnswerFinish? Finish { get; init; }

    /// <summary>The usage to report. Absent: counted by the simulator's rule.</summary>
    public AnswerUsage? Usage { get; init; }

    /// <summary>No usage in the answer, asked for or not.</summary>
    public bool OmitUsage { get; init; }

    /// <summary>Usage in places of its own or again and again, as some servers report it; the last report is right.</summary>
    public bool RepeatUsage { get; init; }

    /// <summary>Counts that are none, as JSON.</summary>
    public AnswerOddUsage? OddUsage { get; init; }

    /// <summary>What the first block, item or tool call of a stream is numbered with.</summary>
    public int FirstIndex { get; init; }

    /// <summary>A tool call's id and name come again with each of its pieces.</summary>
    public bool RepeatIds { get; init; }

    /// <summary>Characters beyond the basic plane are cut in two, each half in an event of its own.</summary>
    public bool SplitSurrogates { get; init; }

    /// <summary>A stream where a whole answer was asked for, and the other way round.</summary>
    public bool OtherShape { get; init; }

    /// <summary>A stream without the terminal marker of its protocol (<c>[DONE]</c>).</summary>
    public bool OmitTerminator { get; init; }

    /// <summary>A failure that each vendor has a status, a code and words of its own for; they go before those of this record.</summary>
    public AnswerErrorKind? Error { get; init; }

    /// <summary>The message of the protocol's error: the body of a status from 400 up, or the error in a stream.</summary>
    public string ErrorMessage { get; init; } = "The simulator was told to fail.";

    /// <summary>The code of the protocol's error. Absent: what the vendor sends with the status.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>A stream turns into the protocol's error after so many events, and ends without its terminal event.</summary>
    public int? StreamErrorAfter { get; init; }

    /// <summary>Text put between the events of a stream, as it stands.</summary>
    public IReadOnlyList<AnswerInsertion> Insertions { get; init; } = [];

    /// <summary>Events that say nothing, in the middle of a stream: no choices, a kind that nobody knows.</summary>
    public bool EmptyEvents { get; init; }

    /// <summary>Events of the stream that come again behind its end, by their place; negative ones count from the end.</summary>
    public IReadOnlyList<int> RepeatAtEnd { get; init; } = [];

    /// <summary>Lines that end in CR, LF and CRLF by turns, a byte order mark, comments, no blank behind colons, data on several lines.</summary>
    public bool OddLines { get; init; }

    /// <summary>The status; a fixture's own when absent, else 200.</summary>
    public int? Status { get; init; }

    /// <summary>Headers that are added to, or take the place of, those of the answer.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The pause before the status line.</summary>
    public int DelayBeforeHeadersMs { get; init; }

    /// <summary>The pause before each chunk but the first.</summary>
    public int DelayBetweenChunksMs { get; init; }

    /// <summary>Byte offsets in the body at which a new chunk begins. Absent: one chunk for each event, or one for all.</summary>
    public IReadOnlyList<int> SplitAt { get; init; } = [];

    /// <summary>One chunk for each byte.</summary>
    public bool SplitEveryByte { get; init; }

    /// <summary>Sent when a stream that stalls is silent for so long: the protocol's ping.</summary>
    public int PingEveryMs { get; init; }

    /// <summary>The body is compressed with gzip, whoever has not asked for it.</summary>
    public bool Compress { get; init; }

    /// <summary>So many megabytes of blanks are put behind a body that is compressed.</summary>
    public int CompressedBlanks { get; init; }

    /// <summary>The answer is sent before the request's body has been read. It is known by the model's name in the beginning of the body.</summary>
    public bool BeforeBody { get; init; }

    /// <summary>On a connection that has not served before, the answer is the default one.</summary>
    public bool OnReusedConnection { get; init; }

    /// <summary>Sent behind the end of the body.</summary>
    public string ExtraBytes { get; init; } = "";

    /// <summary>How the end of the body is told.</summary>
    public AnswerFraming Framing { get; init; }

    /// <summary>How the answer ends.</summary>
    public AnswerEnding Ending { get; init; }

    /// <summary>The <see cref="Ending"/> comes before the status line.</summary>
    public bool EndBeforeHeaders { get; init; }

    /// <summary>The <see cref="Ending"/> comes after so many events. A body that is no stream is cut in its middle.</summary>
    public int? EndAfterEvents { get; init; }

    /// <summary>The <see cref="Ending"/> comes after so many bytes of the body.</summary>
    public int? EndAfterBytes { get; init; }

    /// <summary>An answer in the exact bytes of <paramref name="text"/>, status line included.</summary>
    public static Answer OfWire(string text) => new() { Wire = System.Text.Encoding.Latin1.GetBytes(text) };
}
