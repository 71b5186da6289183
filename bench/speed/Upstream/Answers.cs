using System.Text;

namespace Bench.Speed.Upstream;

/// <summary>Answers of the vendors, made once: a whole one of about 0.95 KB, and the parts of a stream.</summary>
internal static class Answers
{
    public const int InputTokens = 71;
    public const int OutputTokens = 117;

    /// <summary>The text of every whole answer; a client looks for all of it. Nothing in it is ever escaped in JSON.</summary>
    public static readonly string Text = "BEGIN " + string.Concat(Enumerable.Repeat("The gateway read the question and the upstream gave the answer. ", 6)) + "END";

    private const string Created = "1767225600";
    private const string ChatUsage = """{"prompt_tokens":71,"completion_tokens":117,"total_tokens":188,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}""";
    private const string ResponsesUsage = """{"input_tokens":71,"input_tokens_details":{"cached_tokens":0},"output_tokens":117,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":188}""";
    private const string GeminiUsage = """{"promptTokenCount":71,"candidatesTokenCount":117,"totalTokenCount":188,"promptTokensDetails":[{"modality":"TEXT","tokenCount":71}]}""";
    private const string MessageHead = "\"id\":\"msg_01BenchBenchBenchBench\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"bench\"";
    private const string MessageUsage = "\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,\"service_tier\":\"standard\"";

    public static ReadOnlyMemory<byte> Whole(WireFormat format) => WholeAnswers[(int)format];

    public static StreamTemplate Stream(WireFormat format) => StreamAnswers[(int)format];

    private static readonly byte[][] WholeAnswers =
    [
        Encoding.UTF8.GetBytes(
            $$$"""{"id":"chatcmpl-BenchBenchBenchBenchBench","object":"chat.completion","created":{{{Created}}},"model":"bench","service_tier":"default","system_fingerprint":"fp_bench","choices":[{"index":0,"message":{"role":"assistant","content":"{{{Text}}}","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{{{ChatUsage}}}}"""),
        Encoding.UTF8.GetBytes(
            $$$"""{{{{MessageHead}}},"content":[{"type":"text","text":"{{{Text}}}"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":{{{InputTokens}}},{{{MessageUsage}}},"output_tokens":{{{OutputTokens}}}}}"""),
        Encoding.UTF8.GetBytes(Response("completed", Item("completed", Part(Text)), ResponsesUsage)),
        Encoding.UTF8.GetBytes(
            $$"""{"candidates":[{"content":{"parts":[{"text":"{{Text}}"}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{{GeminiUsage}},"modelVersion":"bench","responseId":"BenchBenchBenchBench"}"""),
    ];

    private static readonly StreamTemplate[] StreamAnswers =
    [
        new(
            ChatChunk("""[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}]""", "null"),
            ChatChunk($$"""[{"index":0,"delta":{"content":"{{StreamTemplate.Slot}}"},"logprobs":null,"finish_reason":null}]""", "null"),
            ChatChunk("""[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]""", "null") + ChatChunk("[]", ChatUsage) + "data: [DONE]\n\n"),
        new(
            Event("message_start", $$$$"""{"type":"message_start","message":{{{{{MessageHead}}}},"content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":{{{{InputTokens}}}},{{{{MessageUsage}}}},"output_tokens":1}}}""")
                + Event("content_block_start", """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"""),
            Event("content_block_delta", $$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"{{{StreamTemplate.Slot}}}"}}"""),
            Event("content_block_stop", """{"type":"content_block_stop","index":0}""")
                + Event("message_delta", $$$"""{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":{{{OutputTokens}}}}}""")
                + Event("message_stop", """{"type":"message_stop"}""")),
        new(
            ResponseEvent("response.created", 0, $"\"response\":{Response("in_progress", "", "null")}")
                + ResponseEvent("response.in_progress", 1, $"\"response\":{Response("in_progress", "", "null")}")
                + ResponseEvent("response.output_item.added", 2, $"\"output_index\":0,\"item\":{Item("in_progress", "")}")
                + ResponseEvent("response.content_part.added", 3, $"{Place},\"part\":{Part("")}"),
            ResponseEvent("response.output_text.delta", 4, $"{Place},\"delta\":\"{StreamTemplate.Slot}\",\"logprobs\":[]"),
            ResponseEvent("response.output_text.done", 54, $"{Place},\"text\":\"{StreamTemplate.Slot}\",\"logprobs\":[]")
                + ResponseEvent("response.content_part.done", 55, $"{Place},\"part\":{Part(StreamTemplate.Slot)}")
                + ResponseEvent("response.output_item.done", 56, $"\"output_index\":0,\"item\":{Item("completed", Part(StreamTemplate.Slot))}")
                + ResponseEvent("response.completed", 57, $"\"response\":{Response("completed", Item("completed", Part(StreamTemplate.Slot)), ResponsesUsage)}")),
        new(
            "",
            GeminiChunk(StreamTemplate.Slot, ""),
            GeminiChunk("", ",\"finishReason\":\"STOP\"")),
    ];

    private const string Place = "\"item_id\":\"msg_bench\",\"output_index\":0,\"content_index\":0";

    private static string ChatChunk(string choices, string usage)
        => $$"""data: {"id":"chatcmpl-BenchBenchBenchBenchBench","object":"chat.completion.chunk","created":{{Created}},"model":"bench","service_tier":"default","system_fingerprint":"fp_bench","choices":{{choices}},"usage":{{usage}}}""" + "\n\n";

    private static string Event(string type, string data) => $"event: {type}\ndata: {data}\n\n";

    private static string ResponseEvent(string type, int sequence, string fields)
        => Event(type, $$"""{"type":"{{type}}","sequence_number":{{sequence}},{{fields}}}""");

    private static string GeminiChunk(string text, string finish)
        => $$"""data: {"candidates":[{"content":{"parts":[{"text":"{{text}}"}],"role":"model"}{{finish}},"index":0}],"usageMetadata":{{GeminiUsage}},"modelVersion":"bench","responseId":"BenchBenchBenchBench"}""" + "\r\n\r\n";

    private static string Part(string text) => $$"""{"type":"output_text","annotations":[],"logprobs":[],"text":"{{text}}"}""";

    private static string Item(string status, string content)
        => $$"""{"id":"msg_bench","type":"message","status":"{{status}}","content":[{{content}}],"role":"assistant"}""";

    private static string Response(string status, string output, string usage)
        => $$$"""{"id":"resp_bench","object":"response","created_at":{{{Created}}},"status":"{{{status}}}","background":false,"error":null,"incomplete_details":null,"instructions":null,"max_output_tokens":null,"model":"bench","output":[{{{output}}}],"parallel_tool_calls":true,"previous_response_id":null,"reasoning":{"effort":null,"summary":null},"service_tier":"default","store":false,"temperature":1.0,"text":{"format":{"type":"text"}},"tool_choice":"auto","tools":[],"top_p":1.0,"truncation":"disabled","usage":{{{usage}}},"user":null,"metadata":{}}""";
}
