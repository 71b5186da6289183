using System.Buffers;

namespace Gateway.Llm.Canonical;

/// <summary>What a client speaks to the gateway, both ways.</summary>
public interface IClientFormat
{
    /// <summary>One pass over the bytes, for admission; what is wrong is an <see cref="InvalidRequestException"/>.</summary>
    RequestScan Scan(ReadOnlySpan<byte> body);

    /// <summary>A request that has been scanned, in the canonical form.</summary>
    LlmRequest Read(ReadOnlyMemory<byte> body);

    IAnswerWriter CreateStreamWriter(AnswerContext context);

    /// <summary>Writes the one body when the last event has come.</summary>
    IAnswerWriter CreateBodyWriter(AnswerContext context);
}

/// <summary>Writes the events of one answer in a client's format; state of that answer.</summary>
public interface IAnswerWriter
{
    /// <summary><see cref="AnswerFailed"/> is never given to it: whoever sends the answer says how it broke off.</summary>
    void Write(IBufferWriter<byte> output, StreamEvent streamEvent);
}

/// <summary>What an answer says of itself.</summary>
/// <param name="CallId">The base of all ids in it.</param>
public sealed record AnswerContext(Guid CallId, LlmRequest Request, long CreatedUnixSeconds, LossReport Losses);
