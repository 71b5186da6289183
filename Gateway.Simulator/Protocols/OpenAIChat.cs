using System.Buffers;
using Gateway.Simulator.Scripts;
using Gateway.Simulator.Specs;
using static Gateway.Simulator.Protocols.JsonText;

namespace Gateway.Simulator.Protocols;

/// <summary>OpenAI Chat Completions, as OpenAI itself and the many that speak it do.</summary>
internal sealed class OpenAIChat : IProtocol
{
    private const string Created = "1767225600";
    private const string Terminator = "data: [DONE]\n\n";

    /// <summary>OpenAI's path, and those of Groq, DeepInfra and of servers without a version in theirs.</summary>
    private static readonly string[] Paths =
        ["/v1/chat/completions", "/openai/v1/chat/completions", "/v1/openai/chat/completions", "/chat/completions"];

    private const string ModelsPath = "/v1/models";

    private static readonly string Models = $$"""
        {"object":"list","data":[{{string.Join(',', new[] { "simulator-small", "simulator-large" }.Select(id =>
            $$"""{"id":"{{id}}","object":"model","created":{{Created}},"owned_by":"simulator"}"""))}}]}
        """;

    public string Name => "openai-chat";

    public string RequestIdHeader => "x-request-id";

    public void Map(IEndpointRouteBuilder routes, RequestDelegate exchange)
    {
        foreach (var path in Paths)
        {
            routes.MapPost(path, exchange);
        }

        routes.MapGet(ModelsPath, exchange);
    }

    public string? SpecOf(string path) => path == ModelsPath ? null : SpecNames.ChatRequest;

    /// <summary>The list of models, whose script is called <c>models</c>.</summary>
    public Answer? Override(HttpRequest request, in ReadOnlySequence<byte> body, in RequestFacts facts)
        => request.Path == ModelsPath ? new Answer { Body = Models, Status = StatusCodes.Status200OK } : null;

    public RequestFacts Read(HttpRequest request, in ReadOnlySequence<byte> body) => RequestScanner.Scan(body);

    public FramedAnswer Frame(GeneratedAnswer answer) => answer.Stream
        ? new("text/event-stream; charset=utf-8", IsStream: true, [.. StreamEvents(answer).Select(text => new ByteTemplate(text))])
        : new("application/json", IsStream: false, [new ByteTemplate(Completion(answer))]);

    public FramedAnswer FrameError(int status, string message, string? code)
        => new("application/json", IsStream: false, [new ByteTemplate(Error(message, TypeOf(status, code), code ?? CodeOf(status)))]);

    public ByteTemplate FrameStreamError(string message, string? code)
        => new($"data: {Error(message, "server_error", code)}\n\n");

    public IReadOnlyList<ByteTemplate> EmptyEvents
        => [FrameData("{}"), FrameData("""{"choices":[]}"""), FrameData("""{"choices":[{"index":0,"delta":null}]}"""), FrameData("""{"choices":[{"index":0,"delta":{}}]}""")];

    public ByteTemplate FrameData(string data) => new($"data: {data}\n\n");

    public VendorError? Describe(AnswerErrorKind kind) => kind switch
    {
        AnswerErrorKind.ContextTooLong => new(400, "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.", "context_length_exceeded"),
        AnswerErrorKind.ContentRefused => new(400, "Your request was rejected as a result of our safety system.", "content_policy_violation"),
        AnswerErrorKind.WrongKey => new(401, "Incorrect API key provided: sk-sim****wxyz.", "invalid_api_key"),
        AnswerErrorKind.ModelNotAllowed => new(403, "Project does not have access to this model.", "model_not_found"),
        AnswerErrorKind.ModelUnknown => new(404, "The model does not exist or you do not have access to it.", "model_not_found"),
        _ => new(429, "You exceeded your current quota, please check your plan and billing details.", "insufficient_quota"),
    };

    internal static string Completion(GeneratedAnswer answer)
    {
        var content = answer.Pieces.Count == 0 ? "null" : Quote(string.Concat(answer.Pieces));
        var toolCalls = answer.ToolCalls.Count == 0 ? ""
            : $",\"tool_calls\":[{string.Join(',', answer.ToolCalls.Select((call, index) => $"{{{Call(call, index, call.Arguments)}}}"))}]";
        var reasoning = answer.Reasoning.Count == 0 ? "" : $",\"reasoning_content\":{Quote(string.Concat(answer.Reasoning))}";
        var message = $$"""{"role":"assistant","content":{{content}}{{reasoning}}{{toolCalls}},"refusal":null,"annotations":[]}""";
        var choice = $$"""{"index":0,"message":{{message}},"logprobs":null,"finish_reason":"{{Finish(answer.Finish)}}"}""";
        var usage = answer.IncludeUsage ? $",\"usage\":{Usage(answer)}" : "";
        return $$"""{{{Head("chat.completion", answer.Model)}},"choices":[{{choice}}]{{usage}}}""";
    }

    private static IEnumerable<string> StreamEvents(GeneratedAnswer answer)
    {
        var head = $"data: {{{Head("chat.completion.chunk", answer.Model)},\"choices\":";
        // Without include_usage no chunk has the field; with it, all have.
        var tail = !answer.IncludeUsage ? "}\n\n" : answer.RepeatUsage ? $",\"usage\":{Usage(answer)}}}\n\n" : ",\"usage\":null}\n\n";
        string Chunk(string delta, string finish = "null")
            => $$"""{{head}}[{"index":0,"delta":{{delta}},"logprobs":null,"finish_reason":{{finish}}}]{{tail}}""";

        yield return Chunk($$"""{"role":"assistant","content":{{(answer.Pieces.Count == 0 ? "null" : "\"\"")}},"refusal":null}""");
        foreach (var piece in answer.Reasoning)
        {
            yield return Chunk($$"""{"reasoning_content":{{Quote(piece)}}}""");
        }

        foreach (var piece in answer.Pieces)
        {
            yield return Chunk($$"""{"content":{{Quote(piece)}}}""");
        }

        for (var index = 0; index < answer.ToolCalls.Count; index++)
        {
            var call = answer.ToolCalls[index];
            var place = answer.FirstIndex + index;
            yield return Chunk($$"""{"tool_calls":[{"index":{{place}},{{Call(call, index, "")}}}]}""");
            // Two fragments, cut where neither is JSON by itself.
            var middle = call.Arguments.Length / 2;
            foreach (var fragment in new[] { call.Arguments[..middle], call.Arguments[middle..] }.Where(fragment => fragment.Length > 0))
            {
                yield return Chunk(answer.RepeatIds
                    ? $$"""{"tool_calls":[{"index":{{place}},{{Call(call, index, fragment)}}}]}"""
                    : $$$"""{"tool_calls":[{"index":{{{place}}},"function":{"arguments":{{{Quote(fragment)}}}}}]}""");
            }
        }

        yield return Chunk("{}", $"\"{Finish(answer.Finish)}\"");
        if (answer.IncludeUsage)
        {
            yield return $"{head}[],\"usage\":{Usage(answer)}}}\n\n";
        }

        if (!answer.OmitTerminator)
        {
            yield return Terminator;
        }
    }

    /// <summary>The members that every object begins with.</summary>
    private static string Head(string kind, string model)
        => $"\"id\":\"chatcmpl-{ByteTemplate.Id}\",\"object\":\"{kind}\",\"created\":{Created},\"model\":{Quote(model)}"
            + ",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_simulator\"";

    private static string Call(AnswerToolCall call, int index, string arguments)
    {
        var id = call.Id is { } given ? Quote(given) : $"\"call_{ByteTemplate.Id}_{index}\"";
        return $$$"""
            "id":{{{id}}},"type":"function","function":{"name":{{{Quote(call.Name)}}},"arguments":{{{Quote(arguments)}}}}
            """;
    }

    private static string Usage(GeneratedAnswer answer)
    {
        var ofInput = $$"""{"cached_tokens":{{answer.Usage?.CachedInput ?? 0}},"audio_tokens":0}""";
        var ofOutput = $$"""{"reasoning_tokens":{{answer.Usage?.Reasoning ?? 0}},"audio_tokens":0,"""
            + "\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}";
        return $"{{\"prompt_tokens\":{answer.InputText},\"completion_tokens\":{answer.OutputText},\"total_tokens\":{answer.TotalText}"
            + $",\"prompt_tokens_details\":{ofInput},\"completion_tokens_details\":{ofOutput}}}";
    }

    private static string Error(string message, string type, string? code)
    {
        var quotedCode = code is null ? "null" : Quote(code);
        return $$$"""{"error":{"message":{{{Quote(message)}}},"type":"{{{type}}}","param":null,"code":{{{quotedCode}}}}}""";
    }

    private static string Finish(AnswerFinish finish) => finish switch
    {
        AnswerFinish.Length => "length",
        AnswerFinish.ToolCalls => "tool_calls",
        AnswerFinish.ContentFilter => "content_filter",
        _ => "stop",
    };

    private static string TypeOf(int status, string? code) => status switch
    {
        429 when code is "insufficient_quota" => code,
        429 => "tokens",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };

    private static string? CodeOf(int status) => status switch
    {
        401 => "invalid_api_key",
        404 => "model_not_found",
        429 => "rate_limit_exceeded",
        503 => "service_unavailable",
        _ => null,
    };
}
