using System.Buffers;
using System.Globalization;
using Gateway.Simulator.Scripts;
using Gateway.Simulator.Specs;
using static Gateway.Simulator.Protocols.JsonText;

namespace Gateway.Simulator.Protocols;

/// <summary>Anthropic Messages.</summary>
internal sealed class AnthropicMessages : IProtocol
{
    private const string Path = "/v1/messages";
    private const string CountPath = "/v1/messages/count_tokens";

    /// <summary>What signs a thought of the simulator; a request that replays one must have it.</summary>
    public const string Signature = "c2ltdWxhdG9yLXNpZ25hdHVyZQ==";

    public string Name => "anthropic";

    public string RequestIdHeader => "request-id";

    public void Map(IEndpointRouteBuilder routes, RequestDelegate exchange)
    {
        routes.MapPost(Path, exchange);
        routes.MapPost(CountPath, exchange);
    }

    public string? SpecOf(string path) => path == CountPath ? SpecNames.CountTokensRequest : SpecNames.MessagesRequest;

    public RequestFacts Read(HttpRequest request, in ReadOnlySequence<byte> body) => RequestScanner.Scan(body);

    public Answer? Override(HttpRequest request, in ReadOnlySequence<byte> body, in RequestFacts facts)
    {
        var isCount = request.Path == CountPath;
        var refusal = AnthropicRules.FindFault(request, body, facts, isCount);
        return refusal is not null ? refusal
            : isCount ? new Answer { Status = StatusCodes.Status200OK, Body = $$"""{"input_tokens":{{Math.Max(1, facts.InputTokens).ToString(CultureInfo.InvariantCulture)}}}""" }
            : null;
    }

    public FramedAnswer Frame(GeneratedAnswer answer) => answer.Stream
        ? new("text/event-stream; charset=utf-8", IsStream: true, [.. StreamEvents(answer).Select(text => new ByteTemplate(text))])
        : new("application/json", IsStream: false, [new ByteTemplate(Message(answer))]);

    public FramedAnswer FrameError(int status, string message, string? code)
        => new("application/json", IsStream: false, [new ByteTemplate(Error(message, code ?? TypeOf(status)))]);

    public ByteTemplate FrameStreamError(string message, string? code)
        => new($"event: error\ndata: {Error(message, code ?? "api_error")}\n\n");

    public ByteTemplate Ping => new("event: ping\ndata: {\"type\": \"ping\"}\n\n");

    public IReadOnlyList<ByteTemplate> EmptyEvents
        => [new("event: from_the_future\ndata: {\"type\":\"from_the_future\"}\n\n"), new("event: ping\n\n")];

    public ByteTemplate FrameData(string data) => new($"event: content_block_delta\ndata: {data}\n\n");

    public VendorError? Describe(AnswerErrorKind kind) => kind switch
    {
        AnswerErrorKind.ContextTooLong => new(400, "prompt is too long: 210000 tokens > 200000 maximum"),
        AnswerErrorKind.ContentRefused => new(400, "Output blocked by content filtering policy"),
        AnswerErrorKind.WrongKey => new(401, "invalid x-api-key"),
        AnswerErrorKind.ModelNotAllowed => new(403, "Your API key does not have permission to use the specified resource."),
        AnswerErrorKind.ModelUnknown => new(404, "model: no-such-model"),
        _ => new(400, "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits."),
    };

    private static string Message(GeneratedAnswer answer)
    {
        var blocks = new List<string>();
        if (answer.Reasoning.Count > 0)
        {
            blocks.Add($$"""{"type":"thinking","thinking":{{Quote(string.Concat(answer.Reasoning))}},"signature":"{{Signature}}"}""");
        }

        if (answer.Pieces.Count > 0)
        {
            blocks.Add($$"""{"type":"text","text":{{Quote(string.Concat(answer.Pieces))}}}""");
        }

        blocks.AddRange(answer.ToolCalls.Select((call, index) => $"{{{Call(call, index, call.Arguments)}}}"));
        return $"{{{Head(answer)},\"content\":[{string.Join(',', blocks)}],{Stop(answer)}{(answer.OmitUsage ? "" : $",\"usage\":{{{Usage(answer, answer.OutputTokens)}}}")}}}";
    }

    private static IEnumerable<string> StreamEvents(GeneratedAnswer answer)
    {
        yield return Event("message_start",
            $$$"""
            "message":{{{{Head(answer)}}},"content":[],"stop_reason":null,"stop_sequence":null{{{(answer.OmitUsage ? "" : $",\"usage\":{{{Usage(answer, 1)}}}")}}}}
            """);
        var index = answer.FirstIndex;
        if (answer.Reasoning.Count > 0)
        {
            yield return Event("content_block_start", $$"""
                "index":{{index}},"content_block":{"type":"thinking","thinking":"","signature":""}
                """);
            foreach (var piece in answer.Reasoning)
            {
                yield return Delta(index, "thinking_delta", "thinking", piece);
            }

            yield return Delta(index, "signature_delta", "signature", Signature);
            yield return Event("content_block_stop", $"\"index\":{index++}");
        }

        if (answer.Pieces.Count > 0)
        {
            yield return Event("content_block_start", $$"""
                "index":{{index}},"content_block":{"type":"text","text":""}
                """);
            yield return "event: ping\ndata: {\"type\": \"ping\"}\n\n";
            foreach (var piece in answer.Pieces)
            {
                yield return Delta(index, "text_delta", "text", piece);
            }

            yield return Event("content_block_stop", $"\"index\":{index++}");
        }

        for (var i = 0; i < answer.ToolCalls.Count; i++)
        {
            var call = answer.ToolCalls[i];
            yield return Event("content_block_start", $$"""
                "index":{{index}},"content_block":{{{Call(call, i, "{}")}}}
                """);
            // The first piece is empty, as the real server's; then two, cut where neither is JSON by itself.
            var middle = call.Arguments.Length / 2;
            foreach (var piece in new[] { "", call.Arguments[..middle], call.Arguments[middle..] })
            {
                yield return Delta(index, "input_json_delta", "partial_json", piece);
            }

            yield return Event("content_block_stop", $"\"index\":{index++}");
        }

        if (answer.RepeatUsage)
        {
            yield return Event("message_delta", $"\"delta\":{{\"stop_reason\":null,\"stop_sequence\":null}},\"usage\":{{{Usage(answer, answer.OutputTokens / 2)}}}");
        }

        var usage = answer.OmitUsage ? "" : $",\"usage\":{{{Usage(answer, answer.OutputTokens)}}}";
        yield return Event("message_delta", $"\"delta\":{{{Stop(answer)}}}{usage}");
        if (!answer.OmitTerminator)
        {
            yield return "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
        }
    }

    private static string Event(string type, string members) => $"event: {type}\ndata: {{\"type\":\"{type}\",{members}}}\n\n";

    private static string Delta(int index, string type, string name, string value) => Event("content_block_delta", $$$"""
        "index":{{{index}}},"delta":{"type":"{{{type}}}","{{{name}}}":{{{Quote(value)}}}}
        """);

    /// <summary>The members that every message begins with.</summary>
    private static string Head(GeneratedAnswer answer)
        => $"\"model\":{Quote(answer.Model)},\"id\":\"msg_{ByteTemplate.Id}\",\"type\":\"message\",\"role\":\"assistant\"";

    private static string Stop(GeneratedAnswer answer)
        => $"\"stop_reason\":\"{Finish(answer.Finish)}\",\"stop_sequence\":null";

    private static string Call(AnswerToolCall call, int index, string input)
    {
        var id = call.Id is { } given ? Quote(given) : $"\"toolu_{ByteTemplate.Id}_{index}\"";
        return $"\"type\":\"tool_use\",\"id\":{id},\"name\":{Quote(call.Name)},\"input\":{input},\"caller\":{{\"type\":\"direct\"}}";
    }

    private static string Usage(GeneratedAnswer answer, long output)
    {
        return $"\"input_tokens\":{answer.FreshInputText},\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":{answer.Usage?.CachedInput ?? 0}"
            + $",\"cache_creation\":{{\"ephemeral_5m_input_tokens\":0,\"ephemeral_1h_input_tokens\":0}},\"output_tokens\":{answer.OddUsage?.Output ?? output.ToString(CultureInfo.InvariantCulture)}"
            + ",\"service_tier\":\"standard\"";
    }

    private static string Error(string message, string type)
        => $$$"""{"type":"error","error":{"type":{{{Quote(type)}}},"message":{{{Quote(message)}}}},"request_id":"req_simulator"}""";

    private static string Finish(AnswerFinish finish) => finish switch
    {
        AnswerFinish.Length => "max_tokens",
        AnswerFinish.ToolCalls => "tool_use",
        AnswerFinish.ContentFilter => "refusal",
        _ => "end_turn",
    };

    private static string TypeOf(int status) => status switch
    {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        504 => "timeout_error",
        529 => "overloaded_error",
        >= 500 => "api_error",
        _ => "invalid_request_error",
    };
}
