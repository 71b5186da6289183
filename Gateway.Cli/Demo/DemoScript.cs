using System.Globalization;
using System.Text.Json.Nodes;

namespace Gateway.Cli.Demo;

/// <summary>Calls as they might come: mostly well, in three formats, now and then an error. The same random numbers make the same calls.</summary>
/// <param name="callers">Who calls.</param>
/// <param name="endUser">On whose behalf: by this the calls are found again in the log.</param>
/// <param name="random">What comes next.</param>
internal sealed class DemoScript(DemoCallers callers, string endUser, Random random)
{
    private const string Chat = "/v1/chat/completions";
    private const string Responses = "/v1/responses";
    private const string Messages = "/v1/messages";

    private static readonly string[] Prompts =
    [
        "Summarize this ticket in one sentence: the printer on the third floor prints blank pages since the update.",
        "Translate into French: Where is the nearest train station?",
        "Write a polite reminder about an unpaid invoice.",
        "What is the difference between a budget and a rate limit?",
        "Name three uses of a paper clip that are not about paper.",
        "Explain server-sent events to somebody who knows HTTP.",
    ];

    private const string Schema = """{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}},"required":["city","days"],"additionalProperties":false}""";

    public IEnumerable<DemoCall> Calls(DemoLength length)
    {
        for (var begun = 0; !length.IsOver(begun); begun++)
        {
            yield return Next();
        }
    }

    private DemoCall Next() => random.Next(100) switch
    {
        < 14 => OfChat("chat", "echo", stream: false),
        < 32 => OfChat("chat, streamed", "lorem", stream: true) with { Knobs = Pace() },
        < 38 => OfChat("chat, tools", "tool", stream: false, ("tools", new JsonArray(ChatTool()))),
        < 44 => OfChat("chat, schema", "json", stream: false, ("response_format", ResponseFormat())),
        < 51 => OfResponses("responses", stream: false),
        < 62 => OfResponses("responses, streamed", stream: true) with { Knobs = Pace() },
        < 69 => OfMessages("messages", "lorem", stream: false),
        < 80 => OfMessages("messages, streamed", "lorem", stream: true) with { Knobs = Pace() },
        < 85 => OfMessages("messages, tools", "tool", stream: true, ("tools", new JsonArray(MessagesTool()))),

        // A target of its own: one that fails so often is left alone for a while, and the others are to go on.
        < 94 => OfChat("provider errors", $"lorem?tokens=30&fail={Pick(429, 500, 503)}:0.7", stream: random.Next(2) == 0),
        < 96 => OfChat("wrong model", "no-such-model", stream: false),
        < 98 => OfChat("wrong request", "echo", stream: false, ("temperature", "warm")),
        _ => OfChat("left early", "lorem", stream: true) with { Knobs = "tokens=400&tps=50&ttft=20ms", Leaves = true },
    };

    private DemoCall OfChat(string kind, string model, bool stream, params ReadOnlySpan<(string Name, JsonNode Value)> more)
    {
        var body = Body(model, stream, more);
        body["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = Prompt() });
        body["user"] = endUser;
        if (stream)
        {
            body["stream_options"] = new JsonObject { ["include_usage"] = true };
        }

        return new DemoCall(kind, Chat, body, Caller());
    }

    private DemoCall OfResponses(string kind, bool stream)
    {
        var body = Body("lorem", stream, []);
        body["input"] = Prompt();
        body["user"] = endUser;
        body["store"] = false;
        return new DemoCall(kind, Responses, body, Caller());
    }

    private DemoCall OfMessages(string kind, string model, bool stream, params ReadOnlySpan<(string Name, JsonNode Value)> more)
    {
        var body = Body(model, stream, more);
        body["max_tokens"] = 300;
        body["metadata"] = new JsonObject { ["user_id"] = endUser };
        body["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = Prompt() });
        return new DemoCall(kind, Messages, body, Caller());
    }

    private JsonObject Body(string model, bool stream, ReadOnlySpan<(string Name, JsonNode Value)> more)
    {
        var body = new JsonObject { ["model"] = $"{callers.Provider}/{model}", ["stream"] = stream };
        foreach (var (name, value) in more)
        {
            body[name] = value;
        }

        return body;
    }

    private static JsonObject ChatTool() => new()
    {
        ["type"] = "function",
        ["function"] = new JsonObject { ["name"] = "get_weather", ["parameters"] = JsonNode.Parse(Schema) },
    };

    private static JsonObject MessagesTool() => new() { ["name"] = "get_weather", ["input_schema"] = JsonNode.Parse(Schema) };

    private static JsonObject ResponseFormat() => new()
    {
        ["type"] = "json_schema",
        ["json_schema"] = new JsonObject { ["name"] = "trip", ["strict"] = true, ["schema"] = JsonNode.Parse(Schema) },
    };

    private string Pace() => string.Create(CultureInfo.InvariantCulture, $"tokens={random.Next(20, 200)}&tps={random.Next(150, 800)}&ttft={random.Next(20, 400)}ms");

    private string Prompt() => Prompts[random.Next(Prompts.Length)];

    private int Pick(params ReadOnlySpan<int> numbers) => numbers[random.Next(numbers.Length)];

    private string Caller()
    {
        var number = random.Next(callers.Callers.Sum(caller => caller.Weight));
        foreach (var caller in callers.Callers)
        {
            number -= caller.Weight;
            if (number < 0)
            {
                return caller.Secret;
            }
        }

        return callers.Callers[^1].Secret;
    }
}
