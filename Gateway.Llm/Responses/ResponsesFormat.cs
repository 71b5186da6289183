using Gateway.Llm.Canonical;

namespace Gateway.Llm.Responses;

/// <summary>OpenAI Responses.</summary>
public sealed class ResponsesFormat : IClientFormat
{
    public static ResponsesFormat Instance { get; } = new();

    public RequestScan Scan(ReadOnlySpan<byte> body) => ResponsesRequestScanner.Scan(body);

    public LlmRequest Read(ReadOnlyMemory<byte> body) => ResponsesRequestReader.Read(body);

    public IAnswerWriter CreateStreamWriter(AnswerContext context) => new ResponsesStreamWriter(context);

    public IAnswerWriter CreateBodyWriter(AnswerContext context) => new ResponsesBodyWriter(context);
}
