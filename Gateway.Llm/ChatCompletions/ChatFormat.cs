using Gateway.Llm.Canonical;

namespace Gateway.Llm.ChatCompletions;

/// <summary>OpenAI Chat Completions.</summary>
public sealed class ChatFormat : IClientFormat
{
    public static ChatFormat Instance { get; } = new();

    public RequestScan Scan(ReadOnlySpan<byte> body) => ChatRequestScanner.Scan(body);

    public LlmRequest Read(ReadOnlyMemory<byte> body) => ChatRequestReader.Read(body);

    public IAnswerWriter CreateStreamWriter(AnswerContext context) => new ChatStreamWriter(context);

    public IAnswerWriter CreateBodyWriter(AnswerContext context) => new ChatBodyWriter(context);
}
