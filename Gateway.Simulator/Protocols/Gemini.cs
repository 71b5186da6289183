using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Gateway.Simulator.Ledger;
using Gateway.Simulator.Scripts;
using Gateway.Simulator.Specs;
using static Gateway.Simulator.Protocols.JsonText;

namespace Gateway.Simulator.Protocols;

/// <summary>Gemini's <c>generateContent</c>, as AI Studio and Vertex AI serve it.</summary>
internal sealed class Gemini : IProtocol
{
    private const string StreamMethod = "streamGenerateContent";
    private const string InvalidKey = "API_KEY_INVALID";
    private const string CountMethod = "countTokens";

    public string Name => "gemini";

    /// <summary>The body has the id; this header is sent by Google too.</summary>
    public string RequestIdHeader => "x-request-id";

    public void Map(IEndpointRouteBuilder routes, RequestDelegate exchange)
    {
        RequestDelegate handle = context => Call(context.Request).Method switch
        {
            CountMethod => AnswerAsync(context, Count),
            "batchEmbedContents" => AnswerAsync(context, body => Embed(body, "requests", vector => $$"""{"values":{{vector}}}""", "embeddings")),
            "predict" => AnswerAsync(context, body => Embed(
                body, "instances", vector => $$$"""{"embeddings":{"values":{{{vector}}},"statistics":{"token_count":3} } }""", "predictions")),
            _ => exchange(context),
        };
        routes.MapGet("/v1beta/models", () => TypedResults.Text("""{"models":[{"name":"models/gemini-3-pro-preview"}]}""", "application/json"));
        routes.MapGet("/v1beta1/publishers/google/models", () => TypedResults.Text(
            """{"publisherModels":[{"name":"publishers/google/models/gemini-3-pro-preview"}],"nextPageToken":"1"}""", "application/json"));
        routes.MapPost("/v1beta/{**call}", handle);
        routes.MapPost("/v1beta1/projects/{project}/locations/{location}/publishers/google/{**call}", handle);
    }

    /// <summary>Vertex AI has fields of its own, and no description here.</summary>
    public string? SpecOf(string path) => path.StartsWith("/v1beta/", StringComparison.Ordinal) ? SpecNames.GeminiRequest : null;

    public RequestFacts Read(HttpRequest request, in ReadOnlySequence<byte> body)
    {
        var (model, method) = Call(request);
        var isStream = method == StreamMethod;
        var facts = RequestScanner.Scan(body) with { Model = model, Stream = isStream, IncludeUsage = true };
        return facts with
        {
            Refusal = isStream && request.Query["alt"] != "sse"
                ? new RequestRefusal(StatusCodes.Status400BadRequest, "The simulator streams with alt=sse.")
                : GeminiRules.Find(model, body),
        };
    }

    public FramedAnswer Frame(GeneratedAnswer answer)
    {
        var parts = Parts(answer);
        return answer.Stream
            ? new("text/event-stream", IsStream: true, [.. StreamEvents(answer, parts).Select(text => new ByteTemplate(text))])
            : new("application/json; charset=UTF-8", IsStream: false, [new ByteTemplate(Response(answer, string.Join(',', Whole(answer)), isLast: true))]);
    }

    public FramedAnswer FrameError(int status, string message, string? code)
        => new("application/json; charset=UTF-8", IsStream: false, [new ByteTemplate(Error(status, message, code))]);

    public ByteTemplate FrameStreamError(string message, string? code) => new($"data: {Error(500, message, code)}\r\n\r\n");

    public IReadOnlyList<ByteTemplate> EmptyEvents
        => [FrameData("{}"), FrameData("""{"candidates":[]}"""), FrameData("""{"candidates":[{"index":0}]}"""), FrameData("""{"candidates":[{"content":{"role":"model"},"index":0}]}""")];

    public ByteTemplate FrameData(string data) => new($"data: {data}\r\n\r\n");

    public VendorError? Describe(AnswerErrorKind kind) => kind switch
    {
        AnswerErrorKind.ContextTooLong => new(400, "The input token count (9000) exceeds the maximum number of tokens allowed (8192)."),
        AnswerErrorKind.ContentRefused => new(400, "The prompt could not be submitted. It contains words that violate Google's Responsible AI practices."),
        AnswerErrorKind.WrongKey => new(400, "API key not valid. Please pass a valid API key.", InvalidKey),
        AnswerErrorKind.ModelNotAllowed => new(403, "The caller does not have permission."),
        AnswerErrorKind.ModelUnknown => new(404, "models/no-such-model is not found for API version v1beta."),
        _ => new(429, "You exceeded your current quota, please check your plan and billing details."),
    };

    private static (string Model, string Method) Call(HttpRequest request)
    {
        var call = request.RouteValues["call"] as string ?? "";
        call = call.StartsWith("models/", StringComparison.Ordinal) ? call["models/".Length..] : call;
        var colon = call.LastIndexOf(':');
        return colon < 0 ? (call, "") : (call[..colon], call[(colon + 1)..]);
    }

    private static async Task AnswerAsync(HttpContext context, Func<byte[], string> answer)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        context.Features.Get<ReceivedRequest>()?.Body = body.ToArray();
        context.Response.ContentType = "application/json; charset=UTF-8";
        await context.Response.WriteAsync(answer(body.ToArray()), context.RequestAborted);
    }

    private static string Count(byte[] body)
    {
        var tokens = RequestScanner.Scan(new ReadOnlySequence<byte>(body)).InputTokens;
        return $$"""{"totalTokens":{{tokens}},"promptTokensDetails":[{"modality":"TEXT","tokenCount":{{tokens}}}]}""";
    }

    /// <summary>A short vector for each text, its place in it.</summary>
    private static string Embed(byte[] body, string texts, Func<string, string> frame, string name)
    {
        using var document = JsonDocument.Parse(body);
        var vectors = Enumerable.Range(0, document.RootElement.GetProperty(texts).GetArrayLength()).Select(index => frame($"[{index},0.25,-0.5]"));
        return $"{{\"{name}\":[{string.Join(',', vectors)}]}}";
    }

    private static IEnumerable<string> StreamEvents(GeneratedAnswer answer, List<string> parts)
    {
        for (var index = 0; index < parts.Count; index++)
        {
            yield return $"data: {Response(answer, parts[index], isLast: false)}\r\n\r\n";
        }

        // The end of a recorded stream: an empty text with the reason.
        if (!answer.OmitTerminator)
        {
            yield return $"data: {Response(answer, TextPart("", answer, isSigned: answer.ToolCalls.Count == 0), isLast: true)}\r\n\r\n";
        }
    }

    private static List<string> Parts(GeneratedAnswer answer)
        => [.. Thoughts(answer), .. answer.Pieces.Select(piece => TextPart(piece, answer, isSigned: false)), .. Calls(answer)];

    private static IEnumerable<string> Whole(GeneratedAnswer answer)
        => [.. Thoughts(answer), .. answer.Pieces.Count == 0 ? [] : new[] { TextPart(string.Concat(answer.Pieces), answer, answer.ToolCalls.Count == 0) }, .. Calls(answer)];

    private static IEnumerable<string> Thoughts(GeneratedAnswer answer)
        => string.Concat(answer.Reasoning) is { Length: > 0 } thought ? [$$"""{"text":{{Quote(thought)}},"thought":true}"""] : [];

    private static string TextPart(string text, GeneratedAnswer answer, bool isSigned)
        => $$"""{"text":{{Quote(text)}}{{(isSigned && GeminiRules.Signs(answer.Model) ? $",\"thoughtSignature\":\"{GeminiRules.Signature("text")}\"" : "")}}}""";

    /// <summary>The first call of several is signed, by models that sign.</summary>
    private static IEnumerable<string> Calls(GeneratedAnswer answer) => answer.ToolCalls.Select((call, index) =>
    {
        var id = call.Id is { } given ? $"\"id\":{Quote(given)}," : "";
        var signature = index == 0 && GeminiRules.Signs(answer.Model) ? $",\"thoughtSignature\":\"{GeminiRules.Signature(call.Name)}\"" : "";
        return $$$"""{"functionCall":{{{{id}}}"name":{{{Quote(call.Name)}}},"args":{{{call.Arguments}}}}{{{signature}}}}""";
    });

    private static string Response(GeneratedAnswer answer, string parts, bool isLast)
    {
        var content = parts.Length == 0 ? """{"role":"model"}""" : $$"""{"parts":[{{parts}}],"role":"model"}""";
        var finish = isLast ? $",\"finishReason\":\"{Finish(answer.Finish)}\"" : "";
        var usage = answer.IncludeUsage ? $",\"usageMetadata\":{Usage(answer)}" : "";
        return $$"""{"candidates":[{"content":{{content}}{{finish}},"index":0}]{{usage}},"modelVersion":{{Quote(answer.Model)}},"responseId":"{{ByteTemplate.Id}}"}""";
    }

    private static string Usage(GeneratedAnswer answer)
    {
        var cached = answer.Usage?.CachedInput is > 0 and var read ? $",\"cachedContentTokenCount\":{read}" : "";
        var thoughts = answer.Usage?.Reasoning is > 0 and var thought ? $",\"thoughtsTokenCount\":{thought}" : "";
        // Thoughts are counted beside the answer, not within it.
        var output = Math.Max(0, answer.OutputTokens - (answer.Usage?.Reasoning ?? 0));
        var candidates = output != 0 || answer.OddUsage is not null ? $",\"candidatesTokenCount\":{answer.OddUsage?.Output ?? output.ToString(CultureInfo.InvariantCulture)}" : "";
        return $$"""{"promptTokenCount":{{answer.InputText}}{{candidates}},"totalTokenCount":{{answer.TotalText}},"promptTokensDetails":[{"modality":"TEXT","tokenCount":{{answer.InputText}}}]{{cached}}{{thoughts}}}""";
    }

    private static string Error(int status, string message, string? code)
        => code == InvalidKey
            ? $$$"""{"error":{"code":400,"message":{{{Quote(message)}}},"status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"{{{InvalidKey}}}"}]}}"""
            : $$$"""{"error":{"code":{{{status}}},"message":{{{Quote(message)}}},"status":"{{{code ?? StatusName(status)}}}"}}""";

    private static string StatusName(int status) => status switch
    {
        400 => "INVALID_ARGUMENT",
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        429 => "RESOURCE_EXHAUSTED",
        503 => "UNAVAILABLE",
        504 => "DEADLINE_EXCEEDED",
        _ => "INTERNAL",
    };

    /// <summary>Tool calls end with STOP too.</summary>
    private static string Finish(AnswerFinish finish) => finish switch
    {
        AnswerFinish.Length => "MAX_TOKENS",
        AnswerFinish.ContentFilter => "SAFETY",
        _ => "STOP",
    };
}
