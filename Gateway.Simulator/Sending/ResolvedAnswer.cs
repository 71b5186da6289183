using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Sending;

/// <summary>An answer ready to be sent: every byte is known, and where the answer stops.</summary>
internal sealed record ResolvedAnswer
{
    /// <summary>The script that tells how the answer is sent.</summary>
    public required Answer Script { get; init; }

    public required int Status { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }

    /// <summary>What is sent, each a chunk of its own.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> Chunks { get; init; }

    /// <summary>The length of the whole body, of which <see cref="Chunks"/> may be only the beginning.</summary>
    public required long BodyLength { get; init; }

    public required AnswerFraming Framing { get; init; }

    /// <summary>What is sent again and again while the answer stalls; empty where nothing is.</summary>
    public ReadOnlyMemory<byte> Ping { get; init; }

    /// <summary>Nothing is wrong with the connection itself: it is left open for whoever would use it again.</summary>
    public bool LeavesConnectionOpen => Script.Ending == AnswerEnding.Complete && (Framing == AnswerFraming.ChunkedWithLength || Script.ExtraBytes.Length > 0);

    /// <summary>The answer is not well-formed HTTP, and goes past Kestrel to the socket.</summary>
    public bool NeedsSocket => Script.Wire is not null || Framing is AnswerFraming.CloseDelimited or AnswerFraming.ChunkedWithLength
        || Script.ExtraBytes.Length > 0
        || Script.Ending is AnswerEnding.Fin or AnswerEnding.Reset;
}
