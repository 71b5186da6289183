using System.Buffers;
using System.Text.Json;
using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Protocols;

/// <summary>What Converse refuses, in its own words where they are known.</summary>
internal static class BedrockRules
{
    /// <summary>Comes back with reasoning, and must.</summary>
    public const string Signature = "c2lnbmF0dXJlIG9mIHRoZSBzaW11bGF0b3I=";

    private const int MostTexts = 96;

    public static RequestRefusal? Find(in ReadOnlySequence<byte> body) => Find(body, FindInConverse);

    /// <summary>Tokens are counted for Claude, and for no inference profile.</summary>
    public static RequestRefusal? FindInCount(in ReadOnlySequence<byte> body, string model) => Find(body, root =>
        model.StartsWith("anthropic.claude", StringComparison.Ordinal)
            ? FindInConverse(root.GetProperty("input").GetProperty("converse"))
            : "The provided model doesn't support counting tokens.");

    public static RequestRefusal? FindInEmbedding(in ReadOnlySequence<byte> body, string model) => Find(body, root =>
    {
        if (IsTitan(model))
        {
            return root.GetProperty("inputText").GetString() is { Length: > 0 }
                ? FindUnknown(root, model.Contains("-v2", StringComparison.Ordinal) ? ["inputText", "dimensions", "normalize", "embeddingTypes"] : ["inputText"])
                : "Malformed input request: #/inputText: expected minLength: 1, actual: 0, please reformat your input and try again.";
        }

        if (!IsCohere(model))
        {
            return "The provided model has no embeddings here.";
        }

        var texts = root.GetProperty("texts").GetArrayLength();
        return texts is 0 or > MostTexts ? $"Malformed input request: #/texts: expected maxItems: {MostTexts}, actual: {texts}, please reformat your input and try again."
            : root.GetProperty("input_type").GetString() is not ("search_document" or "search_query" or "classification" or "clustering")
                ? "Malformed input request: #/input_type: not a valid enum value, please reformat your input and try again."
            : FindUnknown(root, ["texts", "input_type", "truncate", "embedding_types", "output_dimension"]);
    });

    /// <summary>A short vector for each text, with its place in it; Titan tells its tokens in the body, Cohere in a header.</summary>
    public static Answer Embed(in ReadOnlySequence<byte> body, string model)
    {
        using var document = JsonDocument.Parse(body);
        return IsTitan(model)
            ? new Answer { Status = StatusCodes.Status200OK, Body = """{"embedding":[0,0.25,-0.5],"embeddingsByType":{"float":[0,0.25,-0.5]},"inputTextTokenCount":3}""" }
            : new Answer
            {
                Status = StatusCodes.Status200OK,
                Body = $$"""{"id":"simulated","embeddings":[{{string.Join(',', document.RootElement.GetProperty("texts").EnumerateArray().Select((_, index) => $"[{index},0.25,-0.5]"))}}],"response_type":"embeddings_floats"}""",
                Headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["x-amzn-bedrock-input-token-count"] = "6" },
            };
    }

    private static bool IsTitan(string model) => model.Contains("amazon.titan-embed-text", StringComparison.Ordinal);

    private static bool IsCohere(string model) => model.Contains("cohere.embed", StringComparison.Ordinal);

    private static string? FindUnknown(JsonElement root, string[] known)
        => root.EnumerateObject().FirstOrDefault(field => !known.Contains(field.Name)) is { Value.ValueKind: not JsonValueKind.Undefined } field
            ? $"Malformed input request: #: extraneous key [{field.Name}] is not permitted, please reformat your input and try again." : null;

    private static RequestRefusal? Find(in ReadOnlySequence<byte> body, Func<JsonElement, string?> find)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return find(document.RootElement) is { } message ? new RequestRefusal(StatusCodes.Status400BadRequest, message) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            // Not JSON, a value of another kind, or a member that must be there is not.
            return new RequestRefusal(StatusCodes.Status400BadRequest, "Malformed input request, please reformat your input and try again.", "SerializationException");
        }
    }

    private static string? FindInConverse(JsonElement root)
    {
        string? before = null;
        var hasTools = false;
        var calls = new HashSet<string>(StringComparer.Ordinal);
        foreach (var message in root.GetProperty("messages").EnumerateArray())
        {
            var role = message.GetProperty("role").GetString();
            if (before is null && role != "user")
            {
                return "A conversation must start with a user message. Try again with a conversation that starts with a user message.";
            }

            if (role == before)
            {
                return "A conversation must alternate between user and assistant roles.";
            }

            before = role;
            foreach (var block in message.GetProperty("content").EnumerateArray())
            {
                hasTools |= block.TryGetProperty("toolUse", out _) || block.TryGetProperty("toolResult", out _);
                if (FindInBlock(block, calls) is { } fault)
                {
                    return fault;
                }
            }
        }

        return hasTools && !root.TryGetProperty("toolConfig", out _)
            ? "The toolConfig field must be defined when using toolUse and toolResult content blocks." : null;
    }

    private static string? FindInBlock(JsonElement block, HashSet<string> calls)
    {
        if (block.TryGetProperty("text", out var text) && string.IsNullOrWhiteSpace(text.GetString()))
        {
            return "The text field in the ContentBlock object is blank. Add text to the text field, and try again.";
        }

        if (block.TryGetProperty("toolUse", out var call))
        {
            calls.Add(call.GetProperty("toolUseId").GetString()!);
            return call.GetProperty("input").ValueKind == JsonValueKind.Object ? null : "The format of the value at toolUse.input is invalid. Provide a json object.";
        }

        if (block.TryGetProperty("toolResult", out var result) && !calls.Contains(result.GetProperty("toolUseId").GetString()!))
        {
            return "The number of toolResult blocks exceeds the number of toolUse blocks of previous turn.";
        }

        return block.TryGetProperty("reasoningContent", out var reasoning) && reasoning.TryGetProperty("reasoningText", out var thought)
            && thought.GetProperty("signature").GetString() != Signature
                ? "Invalid `signature` in `thinking` block" : null;
    }
}
