using Gateway.Llm.Canonical;

namespace Gateway.Llm.Messages;

/// <summary>Anthropic Messages.</summary>
public sealed class MessagesFormat : IClientFormat
{
    public static MessagesFormat Instance { get; } = new();

    public RequestScan Scan(ReadOnlySpan<byte> body) => MessagesRequestScanner.Scan(body);

    public LlmRequest Read(ReadOnlyMemory<byte> body) => MessagesRequestReader.Read(body);

    public IAnswerWriter CreateStreamWriter(AnswerContext context) => new MessagesStreamWriter(context);

    public IAnswerWriter CreateBodyWriter(AnswerContext context) => new MessagesBodyWriter(context);
}
