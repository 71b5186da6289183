using System.Buffers;
using Gateway.Simulator.Scripts;
using Gateway.Simulator.Specs;

namespace Gateway.Simulator.Protocols;

/// <summary>OpenAI's embeddings and completions of plain text: scripted bodies alone.</summary>
internal sealed class OpenAIText : IProtocol
{
    private static readonly string[] Roots = ["/v1", "/openai/v1", "/v1/openai"];
    private readonly OpenAIChat chat = new();

    public string Name => "openai-text";

    public string RequestIdHeader => chat.RequestIdHeader;

    public void Map(IEndpointRouteBuilder routes, RequestDelegate exchange)
    {
        foreach (var root in Roots)
        {
            routes.MapPost($"{root}/embeddings", exchange);
            routes.MapPost($"{root}/completions", exchange);
        }
    }

    public string? SpecOf(string path) => path.EndsWith("/embeddings", StringComparison.Ordinal) ? SpecNames.EmbeddingRequest : SpecNames.CompletionRequest;

    public RequestFacts Read(HttpRequest request, in ReadOnlySequence<byte> body) => RequestScanner.Scan(body);

    /// <summary>Unscripted, the smallest answer that a client can read.</summary>
    public FramedAnswer Frame(GeneratedAnswer answer) => new("application/json", IsStream: false, [new ByteTemplate(
        $$"""{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,-0.5]}],"model":"simulator","usage":{"total_tokens":{{ByteTemplate.InputTokens}},"prompt_tokens":{{ByteTemplate.InputTokens}} } }""")]);

    public FramedAnswer FrameError(int status, string message, string? code) => chat.FrameError(status, message, code);

    public ByteTemplate FrameStreamError(string message, string? code) => chat.FrameStreamError(message, code);

    public IReadOnlyList<ByteTemplate> EmptyEvents => chat.EmptyEvents;

    public ByteTemplate FrameData(string data) => chat.FrameData(data);

    public VendorError? Describe(AnswerErrorKind kind) => chat.Describe(kind);
}
