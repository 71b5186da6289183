using System.Buffers;
using System.Globalization;
using Gateway.Simulator.Ledger;
using Gateway.Simulator.Scripts;
using Gateway.Simulator.Specs;
using static Gateway.Simulator.Protocols.JsonText;

namespace Gateway.Simulator.Protocols;

/// <summary>OpenAI Responses, as OpenAI and Azure serve it, without a store: whoever refers to an earlier response is told that it is not there.</summary>
internal sealed class OpenAIResponses : IProtocol
{
    private const string Created = "1767225600";

    private static readonly string[] Paths = ["/v1/responses", "/openai/v1/responses", "/openai/responses"];

    public string Name => "openai-responses";

    public string RequestIdHeader => "x-request-id";

    public void Map(IEndpointRouteBuilder routes, RequestDelegate exchange)
    {
        foreach (var path in Paths)
        {
            routes.MapPost(path, exchange);
            routes.MapPost($"{path}/input_tokens", CountAsync);
        }
    }

    public string? SpecOf(string path) => SpecNames.ResponsesRequest;

    public RequestFacts Read(HttpRequest request, in ReadOnlySequence<byte> body)
        => RequestScanner.Scan(body) with { IncludeUsage = true, Refusal = ResponsesRules.Find(body) };

    public FramedAnswer Frame(GeneratedAnswer answer) => answer.Stream
        ? new("text/event-stream; charset=utf-8", IsStream: true, [.. StreamEvents(answer).Select(text => new ByteTemplate(text))])
        : new("application/json", IsStream: false, [new ByteTemplate(Response(answer, Items(answer), Status(answer)))]);

    public FramedAnswer FrameError(int status, string message, string? code) => new OpenAIChat().FrameError(status, message, code);

    public ByteTemplate FrameStreamError(string message, string? code)
        => new($$"""
            event: error
            data: {"type":"error","sequence_number":99,"code":{{Quote(code ?? "server_error")}},"message":{{Quote(message)}},"param":null}


            """.ReplaceLineEndings("\n"));

    public IReadOnlyList<ByteTemplate> EmptyEvents
        => [new("event: response.from_the_future\ndata: {\"type\":\"response.from_the_future\",\"sequence_number\":98}\n\n"), FrameData("{}")];

    public ByteTemplate FrameData(string data) => new($"event: response.output_text.delta\ndata: {data}\n\n");

    public VendorError? Describe(AnswerErrorKind kind) => new OpenAIChat().Describe(kind);

    private static async Task CountAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var bytes = body.ToArray();
        context.Features.Get<ReceivedRequest>()?.Body = bytes;
        var tokens = RequestScanner.Scan(new ReadOnlySequence<byte>(bytes)).InputTokens;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync($$"""{"object":"response.input_tokens","input_tokens":{{tokens}}}""", context.RequestAborted);
    }

    private static IEnumerable<string> StreamEvents(GeneratedAnswer answer)
    {
        var sequence = 0;
        string Event(string type, string fields)
            => $"event: {type}\ndata: {{\"type\":\"{type}\",\"sequence_number\":{(sequence++).ToString(CultureInfo.InvariantCulture)},{fields}}}\n\n";

        yield return Event("response.created", $"\"response\":{Response(answer, [], "in_progress")}");
        yield return Event("response.in_progress", $"\"response\":{Response(answer, [], "in_progress", answer.RepeatUsage)}");
        var items = Items(answer);
        for (var index = 0; index < items.Count; index++)
        {
            foreach (var (type, fields) in ItemEvents(answer, items[index], answer.FirstIndex + index))
            {
                yield return Event(type, fields);
            }
        }

        if (!answer.OmitTerminator)
        {
            var status = Status(answer);
            yield return Event($"response.{status}", $"\"response\":{Response(answer, items, status)}");
        }
    }

    private static IEnumerable<(string Type, string Fields)> ItemEvents(GeneratedAnswer answer, Item item, int index)
    {
        var place = $"\"item_id\":\"{item.Id}\",\"output_index\":{index}";
        yield return ("response.output_item.added", $"\"output_index\":{index},\"item\":{item.Added}");
        switch (item.Kind)
        {
            case ItemKind.Reasoning:
                var summary = $"{place},\"summary_index\":0";
                yield return ("response.reasoning_summary_part.added", $$"""{{summary}},"part":{"type":"summary_text","text":""}""");
                foreach (var piece in answer.Reasoning)
                {
                    yield return ("response.reasoning_summary_text.delta", $"{summary},\"delta\":{Quote(piece)}");
                }

                yield return ("response.reasoning_summary_text.done", $"{summary},\"text\":{Quote(string.Concat(answer.Reasoning))}");
                yield return ("response.reasoning_summary_part.done", $$"""{{summary}},"part":{"type":"summary_text","text":{{Quote(string.Concat(answer.Reasoning))}}}""");
                break;
            case ItemKind.Message:
                var content = $"{place},\"content_index\":0";
                yield return ("response.content_part.added", $"{content},\"part\":{Text("")}");
                foreach (var piece in answer.Pieces)
                {
                    yield return ("response.output_text.delta", $"{content},\"delta\":{Quote(piece)},\"logprobs\":[],\"obfuscation\":\"Xy1\"");
                }

                yield return ("response.output_text.done", $"{content},\"text\":{Quote(string.Concat(answer.Pieces))},\"logprobs\":[]");
                yield return ("response.content_part.done", $"{content},\"part\":{Text(string.Concat(answer.Pieces))}");
                break;
            default:
                var arguments = item.Call!.Arguments;
                // Two fragments, cut where neither is JSON by itself.
                var middle = arguments.Length / 2;
                foreach (var piece in new[] { arguments[..middle], arguments[middle..] }.Where(piece => piece.Length > 0))
                {
                    yield return ("response.function_call_arguments.delta", $"{place},\"delta\":{Quote(piece)}");
                }

                yield return ("response.function_call_arguments.done", $"{place},\"name\":{Quote(item.Call.Name)},\"arguments\":{Quote(arguments)}");
                break;
        }

        yield return ("response.output_item.done", $"\"output_index\":{index},\"item\":{item.Done}");
    }

    private static List<Item> Items(GeneratedAnswer answer)
    {
        var items = new List<Item>();
        if (string.Concat(answer.Reasoning) is { Length: > 0 } reasoning)
        {
            var id = $"rs_{ByteTemplate.Id}";
            var state = ResponsesRules.Encrypt(reasoning);
            items.Add(new Item(
                ItemKind.Reasoning,
                id,
                $$"""{"id":"{{id}}","type":"reasoning","summary":[],"encrypted_content":"early"}""",
                $$"""{"id":"{{id}}","type":"reasoning","summary":[{"type":"summary_text","text":{{Quote(reasoning)}}}],"encrypted_content":"{{state}}"}"""));
        }

        if (answer.Pieces.Count > 0)
        {
            var id = $"msg_{ByteTemplate.Id}";
            string Message(string status, string content)
                => $$"""{"id":"{{id}}","type":"message","status":"{{status}}","content":[{{content}}],"role":"assistant"}""";
            items.Add(new Item(ItemKind.Message, id, Message("in_progress", ""), Message(ItemStatus(answer), Text(string.Concat(answer.Pieces)))));
        }

        foreach (var (call, index) in answer.ToolCalls.Select((call, index) => (call, index)))
        {
            var id = $"fc_{ByteTemplate.Id}{index}";
            var callId = call.Id is { } given ? Quote(given) : $"\"call_{ByteTemplate.Id}_{index}\"";
            string Call(string status, string arguments)
                => $$"""{"id":"{{id}}","type":"function_call","status":"{{status}}","arguments":{{Quote(arguments)}},"call_id":{{callId}},"name":{{Quote(call.Name)}}}""";
            items.Add(new Item(ItemKind.Call, id, Call("in_progress", ""), Call("completed", call.Arguments), call));
        }

        return items;
    }

    private static string Response(GeneratedAnswer answer, List<Item> items, string status, bool withUsage = false)
    {
        var incomplete = status != "incomplete" ? "null"
            : answer.Finish == AnswerFinish.Length ? """{"reason":"max_output_tokens"}"""
            : """{"reason":"content_filter"}""";
        var output = string.Join(',', items.Select(item => item.Done));
        var usage = (status == "in_progress" && !withUsage) || !answer.IncludeUsage ? "null" : Usage(answer);
        return $$$"""
            {"id":"resp_{{{ByteTemplate.Id}}}","object":"response","created_at":{{{Created}}},"status":"{{{status}}}","background":false,"error":null,
            "incomplete_details":{{{incomplete}}},"instructions":null,"max_output_tokens":null,"max_tool_calls":null,"model":{{{Quote(answer.Model)}}},
            "output":[{{{output}}}],"parallel_tool_calls":true,"previous_response_id":null,"prompt_cache_key":null,
            "reasoning":{"effort":null,"summary":null},"safety_identifier":null,"service_tier":"default","store":false,"temperature":1.0,
            "text":{"format":{"type":"text"}},"tool_choice":"auto","tools":[],"top_logprobs":0,"top_p":1.0,"truncation":"disabled",
            "usage":{{{usage}}},"user":null,"metadata":{}}
            """.ReplaceLineEndings("");
    }

    private static string Usage(GeneratedAnswer answer)
    {
        var ofInput = $$"""{"cached_tokens":{{answer.Usage?.CachedInput ?? 0}}}""";
        var ofOutput = $$"""{"reasoning_tokens":{{answer.Usage?.Reasoning ?? 0}}}""";
        return $"{{\"input_tokens\":{answer.InputText},\"input_tokens_details\":{ofInput},\"output_tokens\":{answer.OutputText}"
            + $",\"output_tokens_details\":{ofOutput},\"total_tokens\":{answer.TotalText}}}";
    }

    private static string Text(string text) => $$"""{"type":"output_text","annotations":[],"logprobs":[],"text":{{Quote(text)}}}""";

    private static string Status(GeneratedAnswer answer)
        => answer.Finish is AnswerFinish.Length or AnswerFinish.ContentFilter ? "incomplete" : "completed";

    private static string ItemStatus(GeneratedAnswer answer) => Status(answer);


    private enum ItemKind
    {
        Reasoning,
        Message,
        Call,
    }

    private sealed record Item(ItemKind Kind, string Id, string Added, string Done, AnswerToolCall? Call = null);
}
