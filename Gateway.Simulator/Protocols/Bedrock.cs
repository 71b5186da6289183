using System.Globalization;
using System.Buffers;
using Gateway.Simulator.Scripts;
using Gateway.Simulator.Specs;
using static Gateway.Simulator.Protocols.JsonText;

namespace Gateway.Simulator.Protocols;

/// <summary>
/// Amazon Bedrock's Converse and ConverseStream, with signatures checked and real frames; CountTokens, and the embeddings of InvokeModel.
/// </summary>
internal sealed class Bedrock : IProtocol
{
    private const string StreamOperation = "converse-stream";
    private const string CountOperation = "count-tokens";
    private const string InvokeOperation = "invoke";

    public string Name => "bedrock";

    public string RequestIdHeader => "x-amzn-requestid";

    public void Map(IEndpointRouteBuilder routes, RequestDelegate exchange)
    {
        routes.MapPost("/model/{model}/converse", exchange);
        routes.MapPost("/model/{model}/converse-stream", exchange);
        routes.MapPost("/model/{model}/count-tokens", exchange);
        routes.MapPost("/model/{model}/invoke", exchange);
        routes.MapGet("/async-invoke", ListJobs);
    }

    private static IResult ListJobs(HttpContext context)
    {
        if (AwsSignature.Find(context.Request, []) is not { } refusal)
        {
            return Results.Text("""{"asyncInvokeSummaries":[]}""", "application/json");
        }

        context.Response.Headers["x-amzn-errortype"] = refusal.Code;
        return Results.Text($$"""{"message":{{Quote(refusal.Message)}}}""", "application/json", statusCode: refusal.Status);
    }

    /// <summary>The body of InvokeModel is the model's own.</summary>
    public string? SpecOf(string path) => OperationOf(path) switch
    {
        StreamOperation => SpecNames.BedrockStreamRequest,
        CountOperation => SpecNames.BedrockCountRequest,
        InvokeOperation => null,
        _ => SpecNames.BedrockRequest,
    };

    public RequestFacts Read(HttpRequest request, in ReadOnlySequence<byte> body)
    {
        // Kestrel leaves an escaped slash as it is.
        var model = Uri.UnescapeDataString(request.RouteValues["model"] as string ?? "");
        var operation = OperationOf(request.Path.Value!);
        return RequestScanner.Scan(body) with
        {
            Model = model,
            Stream = operation == StreamOperation,
            IncludeUsage = true,
            Refusal = AwsSignature.Find(request, body.ToArray()) ?? operation switch
            {
                CountOperation => BedrockRules.FindInCount(body, model),
                InvokeOperation => BedrockRules.FindInEmbedding(body, model),
                _ => BedrockRules.Find(body),
            },
        };
    }

    public Answer? Override(HttpRequest request, in ReadOnlySequence<byte> body, in RequestFacts facts) => OperationOf(request.Path.Value!) switch
    {
        _ when facts.Refusal is not null => null,
        CountOperation => new Answer { Status = StatusCodes.Status200OK, Body = $$"""{"inputTokens":{{Math.Max(1, facts.InputTokens).ToString(CultureInfo.InvariantCulture)}}}""" },
        InvokeOperation => BedrockRules.Embed(body, facts.Model!),
        _ => null,
    };

    public FramedAnswer Frame(GeneratedAnswer answer) => answer.Stream
        ? new("application/vnd.amazon.eventstream", IsStream: true, [.. StreamEvents(answer)])
        : new("application/json", IsStream: false, [new ByteTemplate(Whole(answer))]);

    public FramedAnswer FrameError(int status, string message, string? code)
        => new("application/json", IsStream: false, [new ByteTemplate($$"""{"__type":"com.amazon.bedrock#{{code ?? TypeOf(status)}}","message":{{Quote(message)}}}""")]);

    public ByteTemplate FrameStreamError(string message, string? code)
        => new($$"""{"message":{{Quote(message)}}}""", payload => EventStreamFrame.Exception(code ?? "internalServerException", payload));

    private static string OperationOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>A stream of frames has no comments, and AWS sends none without content.</summary>
    public ByteTemplate? Ping => null;

    public IReadOnlyList<ByteTemplate> EmptyEvents => [Event("fromTheFuture", "{}"), Event("contentBlockDelta", """{"contentBlockIndex":0,"delta":{}}""")];

    public ByteTemplate FrameData(string data) => Event("contentBlockDelta", data);

    public VendorError? Describe(AnswerErrorKind kind) => kind switch
    {
        AnswerErrorKind.ContextTooLong => new(400, "Input is too long for requested model."),
        AnswerErrorKind.ContentRefused => new(400, "Output blocked by content filtering policy"),
        AnswerErrorKind.WrongKey => new(403, "The security token included in the request is invalid.", "UnrecognizedClientException"),
        AnswerErrorKind.ModelNotAllowed => new(403, "You don't have access to the model with the specified model ID."),
        AnswerErrorKind.ModelUnknown => new(404, "Could not resolve the foundation model from the provided model identifier."),
        _ => null,
    };

    private static string Whole(GeneratedAnswer answer)
    {
        var blocks = new List<string>();
        if (string.Concat(answer.Reasoning) is { Length: > 0 } thought)
        {
            blocks.Add($$$"""{"reasoningContent":{"reasoningText":{"text":{{{Quote(thought)}}},"signature":"{{{BedrockRules.Signature}}}"} } }""");
        }

        if (answer.Pieces.Count > 0)
        {
            blocks.Add($$"""{"text":{{Quote(string.Concat(answer.Pieces))}}}""");
        }

        blocks.AddRange(answer.ToolCalls.Select((call, index) => $$$"""{"toolUse":{{{{Call(call, index)}}},"input":{{{call.Arguments}}}}}"""));
        var content = string.Join(',', blocks);
        var usage = answer.IncludeUsage ? $",\"usage\":{Usage(answer)}" : "";
        var message = $$"""{"content":[{{content}}],"role":"assistant"}""";
        return $$"""{"metrics":{"latencyMs":100},"output":{"message":{{message}} },"stopReason":"{{Stop(answer.Finish)}}"{{usage}}}""";
    }

    private static IEnumerable<ByteTemplate> StreamEvents(GeneratedAnswer answer)
    {
        yield return Event("messageStart", """{"p":"abcd","role":"assistant"}""");
        var block = answer.FirstIndex;
        if (string.Concat(answer.Reasoning) is { Length: > 0 } thought)
        {
            yield return Delta(block, $$$"""{"reasoningContent":{"text":{{{Quote(thought)}}}}}""");
            yield return Delta(block, $$$"""{"reasoningContent":{"signature":"{{{BedrockRules.Signature}}}"}}""");
            yield return BlockStop(block++);
        }

        if (answer.Pieces.Count > 0)
        {
            foreach (var piece in answer.Pieces)
            {
                yield return Delta(block, $$"""{"text":{{Quote(piece)}}}""");
            }

            yield return BlockStop(block++);
        }

        for (var index = 0; index < answer.ToolCalls.Count; index++)
        {
            var call = answer.ToolCalls[index];
            yield return Event("contentBlockStart", $$$"""{"contentBlockIndex":{{{block}}},"p":"ab","start":{"toolUse":{{{{Call(call, index)}}}} } }""");
            // Two fragments, cut where neither is JSON by itself.
            var middle = call.Arguments.Length / 2;
            foreach (var fragment in new[] { call.Arguments[..middle], call.Arguments[middle..] }.Where(fragment => fragment.Length > 0))
            {
                yield return Delta(block, $$$"""{"toolUse":{"input":{{{Quote(fragment)}}}}}""");
            }

            yield return BlockStop(block++);
        }

        if (!answer.OmitTerminator)
        {
            yield return Event("messageStop", $$"""{"p":"abc","stopReason":"{{Stop(answer.Finish)}}"}""");
        }

        if (answer.IncludeUsage && answer.RepeatUsage)
        {
            yield return Event("metadata", $$"""{"metrics":{"latencyMs":100},"p":"abcdef","usage":{{Usage(answer)}} }""");
        }

        if (answer.IncludeUsage)
        {
            yield return Event("metadata", $$"""{"metrics":{"latencyMs":100},"p":"abcdef","usage":{{Usage(answer)}} }""");
        }
    }

    private static ByteTemplate Delta(int block, string delta) => Event("contentBlockDelta", $$"""{"contentBlockIndex":{{block}},"delta":{{delta}},"p":"abcdefgh"}""");

    private static ByteTemplate BlockStop(int block) => Event("contentBlockStop", $$"""{"contentBlockIndex":{{block}},"p":"abc"}""");

    private static ByteTemplate Event(string type, string payload) => new(payload, bytes => EventStreamFrame.Event(type, bytes));

    private static string Call(AnswerToolCall call, int index)
    {
        var id = call.Id is { } given ? Quote(given) : $"\"tooluse_{ByteTemplate.Id}_{index}\"";
        return $"\"name\":{Quote(call.Name)},\"toolUseId\":{id}";
    }

    private static string Usage(GeneratedAnswer answer)
    {
        var cached = answer.Usage?.CachedInput ?? 0;
        return $$"""{"cacheReadInputTokens":{{cached}},"cacheWriteInputTokens":0,"inputTokens":{{answer.FreshInputText}},"outputTokens":{{answer.OutputText}},"totalTokens":{{answer.TotalText}}}""";
    }

    private static string Stop(AnswerFinish finish) => finish switch
    {
        AnswerFinish.Length => "max_tokens",
        AnswerFinish.ToolCalls => "tool_use",
        AnswerFinish.ContentFilter => "guardrail_intervened",
        _ => "end_turn",
    };

    private static string TypeOf(int status) => status switch
    {
        400 => "ValidationException",
        403 => "AccessDeniedException",
        404 => "ResourceNotFoundException",
        408 => "ModelTimeoutException",
        424 => "ModelErrorException",
        429 => "ThrottlingException",
        503 => "ServiceUnavailableException",
        _ => "InternalServerException",
    };
}
