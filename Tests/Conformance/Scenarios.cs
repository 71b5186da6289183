using Gateway.Contracts;
using Gateway.Llm.Canonical;
using Gateway.Simulator.Scripts;
using Tests.TestKit;

namespace Tests.Conformance;

/// <summary>The features of the table, as data.</summary>
internal static class Scenarios
{
    private const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    private const string Pdf = "JVBERi0xLjQKJU1BUktFUgolJUVPRgo=";
    private const string Schema = """{"type":"object","properties":{"mark_field":{"type":"string"}},"required":["mark_field"],"additionalProperties":false}""";

    private const string ChatTool = """{"type":"function","function":{"name":"mark_tool","description":"Looks.","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}""";
    private const string ResponsesTool = """{"type":"function","name":"mark_tool","description":"Looks.","parameters":{"type":"object","properties":{"city":{"type":"string"}}},"strict":false}""";
    private const string MessagesTool = """{"name":"mark_tool","description":"Looks.","input_schema":{"type":"object","properties":{"city":{"type":"string"}}}}""";

    private static readonly Answer OneCall = new() { ToolCalls = [new AnswerToolCall("mark_tool", "{\"city\":\"Paris\"}", "call_1")] };

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("text") { Request = Scenario.With("\"temperature\":1", "\"temperature\":1", "\"temperature\":1") },
        new("usage")
        {
            Request = Scenario.With("\"stop\":null", "\"temperature\":1", "\"temperature\":1"),
            Answer = new Answer { Text = "All is well.", Usage = new AnswerUsage(100, 10, CachedInput: 40) },
            Check = answer => answer.Ended?.Usage is { TotalInput: 100, TotalOutput: 10, CacheRead: 40 } ? null : $"the usage is {answer.Ended?.Usage}",
        },
        new("system prompt")
        {
            Marker = "MARK-SYSTEM",
            Fields = ["system", "instructions"],
            Request = Scenario.With(
                """ "messages":[{"role":"system","content":"MARK-SYSTEM"},{"role":"user","content":"Hello."}] """,
                """ "instructions":"MARK-SYSTEM" """,
                """ "system":"MARK-SYSTEM" """),
        },
        new("several turns")
        {
            Marker = "MARK-TURN",
            Request = Scenario.With(
                """ "messages":[{"role":"user","content":"Hello."},{"role":"assistant","content":"MARK-TURN"},{"role":"user","content":"Go on."}] """,
                """ "input":[{"role":"user","content":"Hello."},{"role":"assistant","content":"MARK-TURN"},{"role":"user","content":"Go on."}] """,
                """ "messages":[{"role":"user","content":"Hello."},{"role":"assistant","content":"MARK-TURN"},{"role":"user","content":"Go on."}] """),
        },
        new("tools")
        {
            Marker = "mark_tool",
            Answer = OneCall,
            Request = Tools(),
            Check = HasCalls(1),
        },
        new("text before a tool call")
        {
            Marker = "mark_tool",
            Answer = OneCall with { Text = "All is well." },
            Request = Tools(),
            Check = answer => answer.Text == "All is well." ? HasCalls(1)(answer) : "the text is missing",
        },
        new("parallel tool calls")
        {
            Answer = new Answer { ToolCalls = [.. OneCall.ToolCalls, new AnswerToolCall("mark_tool", "{\"city\":\"Rome\"}", "call_2")] },
            Request = Tools(),
            Check = HasCalls(2),
        },
        new("no parallel tool calls")
        {
            Answer = OneCall,
            Fields = ["parallel_tool_calls", "tool_choice.disable_parallel_tool_use", "disable_parallel_tool_use"],
            Request = Tools("\"parallel_tool_calls\":false", "\"parallel_tool_calls\":false", "\"tool_choice\":{\"type\":\"auto\",\"disable_parallel_tool_use\":true}"),
            Check = HasCalls(1),
        },
        new("tool choice: none") { Fields = ["tool_choice"], Request = Tools("\"tool_choice\":\"none\"", "\"tool_choice\":\"none\"", "\"tool_choice\":{\"type\":\"none\"}") },
        new("tool choice: any")
        {
            Fields = ["tool_choice"],
            Answer = OneCall,
            Request = Tools("\"tool_choice\":\"required\"", "\"tool_choice\":\"required\"", "\"tool_choice\":{\"type\":\"any\"}"),
            Check = HasCalls(1),
        },
        new("tool choice: one")
        {
            Fields = ["tool_choice"],
            Answer = OneCall,
            Request = Tools(
                """ "tool_choice":{"type":"function","function":{"name":"mark_tool"}} """,
                """ "tool_choice":{"type":"function","name":"mark_tool"} """,
                """ "tool_choice":{"type":"tool","name":"mark_tool"} """),
            Check = HasCalls(1),
        },
        new("tool results")
        {
            Marker = "MARK-RESULT",
            Request = Results("\"MARK-RESULT\"", "\"MARK-RESULT\"", "\"MARK-RESULT\""),
        },
        new("images in tool results")
        {
            Marker = Png,
            Fields = ["tool_result", "input"],
            Request = Results(
                null,
                $$"""[{"type":"input_image","image_url":"data:image/png;base64,{{Png}}"}]""",
                $$$"""[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"{{{Png}}}"}}]"""),
        },
        new("freeform tools")
        {
            Marker = "mark_custom",
            Fields = ["tools", "tools[0]", "tools[0].type"],
            Request = Scenario.With(
                """ "tools":[{"type":"custom","custom":{"name":"mark_custom"}}] """, """ "tools":[{"type":"custom","name":"mark_custom"}] """, null),
        },
        new("hosted web search")
        {
            Marker = "earch",
            Fields = ["tools", "tools[0]", "tools[0].type"],
            Request = Scenario.With(null, """ "tools":[{"type":"web_search"}] """, """ "tools":[{"type":"web_search_20250305","name":"web_search"}] """),
        },
        new("image, bytes")
        {
            Marker = Png,
            Request = User(
                $$$"""{"type":"image_url","image_url":{"url":"data:image/png;base64,{{{Png}}}"}}""",
                $$"""{"type":"input_image","detail":"auto","image_url":"data:image/png;base64,{{Png}}"}""",
                $$$"""{"type":"image","source":{"type":"base64","media_type":"image/png","data":"{{{Png}}}"}}"""),
        },
        new("image, address")
        {
            Marker = "https://example.com/mark.png",
            Request = User(
                """{"type":"image_url","image_url":{"url":"https://example.com/mark.png"}}""",
                """{"type":"input_image","detail":"auto","image_url":"https://example.com/mark.png"}""",
                """{"type":"image","source":{"type":"url","url":"https://example.com/mark.png"}}"""),
        },
        new("document, bytes")
        {
            Marker = Pdf,
            Request = User(
                $$$"""{"type":"file","file":{"filename":"mark.pdf","file_data":"data:application/pdf;base64,{{{Pdf}}}"}}""",
                $$"""{"type":"input_file","filename":"mark.pdf","file_data":"data:application/pdf;base64,{{Pdf}}"}""",
                $$$"""{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"{{{Pdf}}}"}}"""),
        },
        new("document, address")
        {
            Marker = "https://example.com/mark.pdf",
            Request = User(
                null,
                """{"type":"input_file","file_url":"https://example.com/mark.pdf"}""",
                """{"type":"document","source":{"type":"url","url":"https://example.com/mark.pdf"}}"""),
        },
        new("document, text")
        {
            Marker = "MARK-DOCUMENT",
            Fields = ["document"],
            Request = User(null, null, """{"type":"document","source":{"type":"text","media_type":"text/plain","data":"MARK-DOCUMENT"}}"""),
        },
        new("sound") { Marker = "TUFSSw==", Request = User("""{"type":"input_audio","input_audio":{"data":"TUFSSw==","format":"wav"}}""", null, null) },
        new("structured output, schema")
        {
            Marker = "mark_field",
            Fields = ["response_format", "text.format", "output_config.format"],
            Answer = new Answer { Text = "{\"mark_field\":\"x\"}" },
            Request = Scenario.With(
                $$$""" "response_format":{"type":"json_schema","json_schema":{"name":"mark","schema":{{{Schema}}},"strict":true}} """,
                $$$""" "text":{"format":{"type":"json_schema","name":"mark","schema":{{{Schema}}},"strict":true}} """,
                $$$""" "output_config":{"format":{"type":"json_schema","schema":{{{Schema}}}}} """),
            Check = answer => answer.Text == "{\"mark_field\":\"x\"}" ? null : $"the text is {answer.Text}",
        },
        new("structured output, any object")
        {
            Fields = ["response_format", "text.format"],
            Answer = new Answer { Text = "{}" },
            Request = Scenario.With(""" "response_format":{"type":"json_object"} """, """ "text":{"format":{"type":"json_object"}} """, null),
            Check = answer => answer.Text == "{}" ? null : $"the text is {answer.Text}",
        },
        new("reasoning effort")
        {
            Fields = ["reasoning_effort", "reasoning.effort", "reasoning", "thinking", "thinking.budget_tokens", "output_config.effort"],
            Request = Scenario.With("\"reasoning_effort\":\"low\"", "\"reasoning\":{\"effort\":\"low\"}", "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2048}"),
        },
        new("reasoning shown")
        {
            Answer = new Answer { Text = "All is well.", Reasoning = "Let me think." },
            Request = Scenario.With("\"reasoning_effort\":\"low\"", "\"reasoning\":{\"effort\":\"low\",\"summary\":\"auto\"}", "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2048}"),
            Check = answer => answer.Reasoning == "Let me think." ? null : $"the reasoning is '{answer.Reasoning}'",
        },
        new("reasoning of its own sent back")
        {
            Marker = "{state}",
            Fields = ["reasoning", "thinking", "messages", "input"],
            Request = Replay(own: true),
        },
        new("reasoning of another sent back") { Fields = ["reasoning", "thinking", "messages", "input"], Request = Replay(own: false) },
        new("cache markers")
        {
            Fields = ["cache_control"],
            Request = User(
                """{"type":"text","text":"Long.","cache_control":{"type":"ephemeral"}}""", null, """{"type":"text","text":"Long.","cache_control":{"type":"ephemeral"}}"""),
        },
        new("output cap") { Marker = "4321", Fields = ["max_tokens", "max_completion_tokens", "max_output_tokens"], Request = Scenario.With("\"max_completion_tokens\":4321", "\"max_output_tokens\":4321", "\"max_tokens\":4321") },
        new("temperature") { Marker = "0.25", Fields = ["temperature"], Request = Scenario.With("\"temperature\":0.25", "\"temperature\":0.25", "\"temperature\":0.25") },
        new("top p") { Marker = "0.875", Fields = ["top_p"], Request = Scenario.With("\"top_p\":0.875", "\"top_p\":0.875", "\"top_p\":0.875") },
        new("top k") { Marker = "37", Fields = ["top_k"], Request = Scenario.With(null, null, "\"top_k\":37") },
        new("stop sequences") { Marker = "MARK-STOP", Fields = ["stop", "stop_sequences"], Request = Scenario.With("\"stop\":[\"MARK-STOP\"]", null, "\"stop_sequences\":[\"MARK-STOP\"]") },
        new("seed") { Marker = "424242", Fields = ["seed"], Request = Scenario.With("\"seed\":424242", null, null) },
        new("penalties") { Marker = "0.625", Fields = ["frequency_penalty", "presence_penalty"], Request = Scenario.With("\"frequency_penalty\":0.625", null, null) },
        new("log probabilities")
        {
            Fields = ["logprobs", "top_logprobs"],
            Request = Scenario.With("\"logprobs\":true,\"top_logprobs\":2", "\"top_logprobs\":2,\"include\":[\"message.output_text.logprobs\"]", null),
        },
        new("several answers") { Fields = ["n"], Request = Scenario.With("\"n\":2", null, null) },
        new("end user") { Marker = "mark-user", Fields = ["user", "metadata.user_id", "safety_identifier"], Request = Scenario.With("\"user\":\"mark-user\"", "\"user\":\"mark-user\"", "\"metadata\":{\"user_id\":\"mark-user\"}") },
        new("metadata") { Marker = "mark-metadata", Fields = ["metadata"], Request = Scenario.With("\"metadata\":{\"a\":\"mark-metadata\"}", "\"metadata\":{\"a\":\"mark-metadata\"}", null) },
        new("service tier") { Fields = ["service_tier"], Request = Scenario.With("\"service_tier\":\"flex\"", "\"service_tier\":\"flex\"", "\"service_tier\":\"standard_only\"") },
        new("verbosity") { Fields = ["verbosity", "text.verbosity"], Request = Scenario.With("\"verbosity\":\"low\"", "\"text\":{\"verbosity\":\"low\"}", null) },
        new("cut at the cap")
        {
            Answer = new Answer { Text = "All is well.", Finish = AnswerFinish.Length },
            Request = Scenario.With("\"temperature\":1", "\"temperature\":1", "\"temperature\":1"),
            Check = Ends(FinishReason.Length),
        },
        new("stopped by a filter")
        {
            Answer = new Answer { Text = "All is well.", Finish = AnswerFinish.ContentFilter },
            Request = Scenario.With("\"temperature\":1", "\"temperature\":1", "\"temperature\":1"),
            Check = Ends(FinishReason.ContentFilter, FinishReason.Refusal),
        },
        new("a refusal of the provider") { Answer = new Answer { Status = 400, ErrorMessage = "No." }, ExpectedStatus = 400, Request = Scenario.With("\"temperature\":1", "\"temperature\":1", "\"temperature\":1") },
        new("a rate limit of the provider") { Answer = new Answer { Status = 429, ErrorMessage = "Slow down." }, ExpectedStatus = 429, Request = Scenario.With("\"temperature\":1", "\"temperature\":1", "\"temperature\":1") },
        new("a failure of the provider") { Answer = new Answer { Status = 500, ErrorMessage = "Oh." }, ExpectedStatus = 500, Request = Scenario.With("\"temperature\":1", "\"temperature\":1", "\"temperature\":1") },
    ];

    private static Func<ClientFormat, SimulatedProvider, string?> Tools(string? chat = null, string? responses = null, string? messages = null)
        => Scenario.With($"\"tools\":[{ChatTool}]{More(chat)}", $"\"tools\":[{ResponsesTool}]{More(responses)}", $"\"tools\":[{MessagesTool}]{More(messages)}");

    private static string More(string? members) => members is null ? "" : $",{members}";

    private static Func<ClientFormat, SimulatedProvider, string?> Results(string? chat, string responses, string messages) => Scenario.With(
        chat is null ? null : $$$"""
            "tools":[{{{ChatTool}}}],"messages":[{"role":"user","content":"Hello."},
            {"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"mark_tool","arguments":"{\"city\":\"Paris\"}"}}]},
            {"role":"tool","tool_call_id":"call_1","content":{{{chat}}}}]
            """,
        $$$"""
            "tools":[{{{ResponsesTool}}}],"input":[{"role":"user","content":"Hello."},
            {"type":"function_call","call_id":"call_1","name":"mark_tool","arguments":"{\"city\":\"Paris\"}"},
            {"type":"function_call_output","call_id":"call_1","output":{{{responses}}}}]
            """,
        $$$"""
            "tools":[{{{MessagesTool}}}],"messages":[{"role":"user","content":"Hello."},
            {"role":"assistant","content":[{"type":"tool_use","id":"call_1","name":"mark_tool","input":{"city":"Paris"}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"call_1","content":{{{messages}}}}]}]
            """);

    private static Func<ClientFormat, SimulatedProvider, string?> User(string? chat, string? responses, string? messages)
    {
        static string? Turn(string name, string text, string? part)
            => part is null ? null : $$"""
                "{{name}}":[{"role":"user","content":[{{part}},{"type":"{{text}}","text":"Look."}]}]
                """;
        return Scenario.With(Turn("messages", "text", chat), Turn("input", "input_text", responses), Turn("messages", "text", messages));
    }

    /// <summary>The state is what the simulator signs its thoughts with, in the label of who made it.</summary>
    private static Func<ClientFormat, SimulatedProvider, string?> Replay(bool own) => (format, provider) =>
    {
        var maker = own ? provider.Origin : provider.Origin == Origins.Anthropic ? Origins.OpenAI : Origins.Anthropic;

        // A client that speaks the provider's own format is passed through: no other's state is in its place.
        if (maker is null || (format == ClientFormat.Chat && provider.Type is ("openai" or "azure")))
        {
            return null;
        }

        var state = new OpaqueState(maker, SimulatedProvider.All.First(row => row.Origin == maker).State, maker == Origins.OpenAI ? "rs_1" : null);
        return Scenario.With(
            $$$"""
                "reasoning_effort":"low","tools":[{{{ChatTool}}}],"messages":[{"role":"user","content":"Hello."},
                {"role":"assistant","content":null,"reasoning_content":"Let me think.",
                "reasoning_details":[{"type":"reasoning.text","index":0,"text":"Let me think.","signature":"{{{state.ToField("chat")}}}"}],
                "tool_calls":[{"id":"call_1","type":"function","function":{"name":"mark_tool","arguments":"{\"city\":\"Paris\"}"}}]},
                {"role":"tool","tool_call_id":"call_1","content":"x"}]
                """,
            $$$"""
                "reasoning":{"effort":"low"},"tools":[{{{ResponsesTool}}}],"input":[{"role":"user","content":"Hello."},
                {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"Let me think."}],"encrypted_content":"{{{state.ToField(Origins.OpenAI)}}}"},
                {"type":"function_call","call_id":"call_1","name":"mark_tool","arguments":"{\"city\":\"Paris\"}"},
                {"type":"function_call_output","call_id":"call_1","output":"x"}]
                """,
            $$$"""
                "thinking":{"type":"enabled","budget_tokens":2048},"tools":[{{{MessagesTool}}}],"messages":[{"role":"user","content":"Hello."},
                {"role":"assistant","content":[{"type":"thinking","thinking":"Let me think.","signature":"{{{state.ToField(Origins.Anthropic)}}}"},
                {"type":"tool_use","id":"call_1","name":"mark_tool","input":{"city":"Paris"}}]},
                {"role":"user","content":[{"type":"tool_result","tool_use_id":"call_1","content":"x"}]}]
                """)(format, provider);
    };

    private static Func<Translation.AnswerSummary, string?> HasCalls(int count) => answer
        => answer.Calls.Count == count && answer.Calls[0] == "mark_tool {\"city\":\"Paris\"}" && answer.CallIds.Distinct().Count() == count && answer.Ended?.Reason == FinishReason.ToolCalls
            ? null
            : $"the calls are {string.Join(", ", answer.Calls)}, and the end {answer.Ended?.Reason}";

    private static Func<Translation.AnswerSummary, string?> Ends(params FinishReason[] reasons) => answer
        => answer.Ended is { } ended && reasons.Contains(ended.Reason) ? null : $"the end is {answer.Ended?.Reason}";
}
