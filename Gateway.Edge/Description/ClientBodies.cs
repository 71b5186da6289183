using System.Text.Json.Nodes;

namespace Gateway.Edge.Description;

/// <summary>
/// The bodies of the model APIs, in short: they are the vendors' own, and pass through with all their fields. Here stands what every call has,
/// and what this gateway adds.
/// </summary>
internal static class ClientBodies
{
    public static JsonObject Chat() => Body(["messages"], ("messages", List("As in OpenAI's Chat Completions API.")), ("stream", Flag()), ("max_completion_tokens", Count()), ("tools", List()));

    public static JsonObject Messages() => Body(
        ["messages", "max_tokens"], ("messages", List("As in Anthropic's Messages API.")), ("system", Any()), ("max_tokens", Count()), ("stream", Flag()), ("tools", List()));

    public static JsonObject CountTokens() => Body(["messages"], ("messages", List("As in Anthropic's Messages API.")), ("system", Any()), ("tools", List()));

    public static JsonObject Responses() => Body(
        [], ("input", Any("A text, or items as in OpenAI's Responses API.")), ("instructions", Any()), ("stream", Flag()), ("background", Flag()), ("store", Flag()),
        ("max_output_tokens", Count()), ("previous_response_id", new JsonObject { ["type"] = new JsonArray("string", "null") }), ("tools", List()));

    public static JsonObject Completion() => Body(["prompt"], ("prompt", Any("A text, or several.")), ("max_tokens", Count()), ("stream", Flag()));

    public static JsonObject Embeddings() => Body(["input"], ("input", Any("A text, or several.")), ("dimensions", Count()), ("encoding_format", new JsonObject { ["type"] = "string" }));

    public static JsonObject Items() => new() { ["type"] = "object", ["properties"] = new JsonObject { ["items"] = List() }, ["additionalProperties"] = true };

    /// <summary>An answer in the format that was asked in.</summary>
    public static JsonObject Answer() => new() { ["type"] = "object", ["additionalProperties"] = true };

    private static JsonObject Body(string[] required, params ReadOnlySpan<(string Name, JsonObject Schema)> fields)
    {
        var properties = new JsonObject
        {
            ["model"] = new JsonObject
            {
                ["type"] = "string",
                ["description"] = "An alias, 'provider/model', several of them with '|' between, or 'auto'; what is left out is 'auto'.",
            },
        };
        foreach (var (name, schema) in fields)
        {
            properties[name] = schema;
        }

        var body = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = true };
        if (required.Length > 0)
        {
            body["required"] = new JsonArray([.. required.Select(name => (JsonNode)name)]);
        }

        return body;
    }

    private static JsonObject List(string? description = null) => Describe(new JsonObject { ["type"] = "array", ["items"] = new JsonObject() }, description);

    private static JsonObject Any(string? description = null) => Describe([], description);

    private static JsonObject Flag() => new() { ["type"] = new JsonArray("boolean", "null") };

    private static JsonObject Count() => new() { ["type"] = new JsonArray("integer", "null"), ["minimum"] = 1 };

    private static JsonObject Describe(JsonObject schema, string? description)
    {
        if (description is not null)
        {
            schema["description"] = description;
        }

        return schema;
    }
}
