using System.Buffers;
using System.Text.Json;

namespace Gateway.Simulator.Protocols;

/// <summary>What Converse refuses, in its own words where they are known.</summary>
internal static class BedrockRules
{
    /// <summary>Comes back with reasoning, and must.</summary>
    public const string Signature = "c2lnbmF0dXJlIG9mIHRoZSBzaW11bGF0b3I=";

    public static RequestRefusal? Find(in ReadOnlySequence<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return Find(document.RootElement) is { } message ? new RequestRefusal(StatusCodes.Status400BadRequest, message) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            // Not JSON, a value of another kind, or a member that must be there is not.
            return new RequestRefusal(StatusCodes.Status400BadRequest, "Malformed input request, please reformat your input and try again.", "SerializationException");
        }
    }

    private static string? Find(JsonElement root)
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
