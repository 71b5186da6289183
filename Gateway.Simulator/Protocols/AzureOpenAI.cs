using System.Buffers;
using System.Text.Json;
using Gateway.Simulator.Scripts;
using Gateway.Simulator.Specs;

namespace Gateway.Simulator.Protocols;

/// <summary>
/// Chat Completions of an Azure deployment, with what its content filter adds: results in every answer, and a first chunk that holds nothing
/// but those of the prompt.
/// </summary>
internal sealed class AzureOpenAI : IProtocol
{
    private const string Results = """{"hate":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"safe"}}""";
    private const string PromptResults = $$"""[{"prompt_index":0,"content_filter_results":{{Results}}}]""";

    private const string PromptFilter
        = $$"""data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":{{PromptResults}}}""" + "\n\n";

    private readonly OpenAIChat _chat = new();

    public string Name => "azure";

    public string RequestIdHeader => "apim-request-id";

    public void Map(IEndpointRouteBuilder routes, RequestDelegate exchange)
    {
        routes.MapPost("/openai/deployments/{deployment}/chat/completions", exchange);
        foreach (var path in new[] { "/openai/models", "/openai/v1/models" })
        {
            routes.MapGet(path, ListModels);
        }
    }

    private static IResult ListModels(HttpRequest request) => request.Headers.ContainsKey("api-key") || request.Headers.Authorization.Count > 0
        ? TypedResults.Text("""{"object":"list","data":[{"id":"gpt-5-mini","object":"model"}]}""", "application/json")
        : TypedResults.StatusCode(StatusCodes.Status401Unauthorized);

    public string? SpecOf(string path) => SpecNames.AzureDeploymentChatRequest;

    /// <summary>The deployment is the model, whatever the body says; the API wants a version and takes no other header for its key.</summary>
    public RequestFacts Read(HttpRequest request, in ReadOnlySequence<byte> body) => RequestScanner.Scan(body) with
    {
        Model = request.RouteValues["deployment"] as string,
        Refusal = request.Query["api-version"].Count == 0 ? new RequestRefusal(StatusCodes.Status404NotFound, "Resource not found", "404")
            : !request.Headers.ContainsKey("api-key") && request.Headers.Authorization.Count == 0 ? new RequestRefusal(
                StatusCodes.Status401Unauthorized, "Access denied due to invalid subscription key or wrong API endpoint.", "401")
            : null,
    };

    public FramedAnswer Frame(GeneratedAnswer answer)
    {
        if (!answer.Stream)
        {
            return new FramedAnswer("application/json", IsStream: false, [new ByteTemplate(WithResults(OpenAIChat.Completion(answer)))]);
        }

        var framed = _chat.Frame(answer);
        return framed with { Events = [new ByteTemplate(PromptFilter), .. framed.Events] };
    }

    public FramedAnswer FrameError(int status, string message, string? code) => new(
        "application/json",
        IsStream: false,
        [new ByteTemplate($$$"""{"error":{"code":{{{Quote(code ?? status.ToString(System.Globalization.CultureInfo.InvariantCulture))}}},"message":{{{Quote(message)}}}}}""")]);

    public ByteTemplate FrameStreamError(string message, string? code) => _chat.FrameStreamError(message, code);

    public IReadOnlyList<ByteTemplate> EmptyEvents => _chat.EmptyEvents;

    public ByteTemplate FrameData(string data) => _chat.FrameData(data);

    public VendorError? Describe(AnswerErrorKind kind) => kind switch
    {
        AnswerErrorKind.ContentRefused => new(400, "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.", "content_filter"),
        AnswerErrorKind.WrongKey => new(401, "Access denied due to invalid subscription key or wrong API endpoint.", "401"),
        AnswerErrorKind.ModelUnknown => new(404, "The API deployment for this resource does not exist.", "DeploymentNotFound"),
        _ => _chat.Describe(kind),
    };

    private static string WithResults(string completion) => completion
        .Replace(",\"finish_reason\":", $",\"content_filter_results\":{Results},\"finish_reason\":", StringComparison.Ordinal)
        .Replace(",\"choices\":", $",\"prompt_filter_results\":{PromptResults},\"choices\":", StringComparison.Ordinal);

    private static string Quote(string text) => JsonSerializer.Serialize(text);
}
