using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Gateway.Simulator.Protocols;

/// <summary>What Gemini refuses, in its own words where they are known.</summary>
internal static class GeminiRules
{
    /// <summary>Gemini 3 signs, and wants its signatures back.</summary>
    public static bool Signs(string model) => model.Contains("gemini-3", StringComparison.Ordinal);

    public static string Signature(string of) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"signature of {of}"));

    public static RequestRefusal? Find(string model, in ReadOnlySequence<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return Find(model, document.RootElement) is { } message ? new RequestRefusal(StatusCodes.Status400BadRequest, message) : null;
        }
        catch (JsonException)
        {
            return new RequestRefusal(StatusCodes.Status400BadRequest, "Invalid JSON payload received.");
        }
        catch (InvalidOperationException)
        {
            return new RequestRefusal(StatusCodes.Status400BadRequest, "Invalid JSON payload received: a value of the wrong type.");
        }
    }

    private static string? Find(string model, JsonElement root)
    {
        if (!root.TryGetProperty("contents", out var contents) || contents.GetArrayLength() == 0)
        {
            return "* GenerateContentRequest.contents: contents is not specified";
        }

        if (root.TryGetProperty("generationConfig", out var config) && config.TryGetProperty("thinkingConfig", out var thinking))
        {
            var hasLevel = thinking.TryGetProperty("thinkingLevel", out _);
            if (hasLevel && thinking.TryGetProperty("thinkingBudget", out _))
            {
                return "You can only set only one of thinking budget and thinking level.";
            }

            if (hasLevel && !Signs(model))
            {
                return "Thinking level is not supported for this model.";
            }
        }

        return FindInTurns(model, contents);
    }

    private static string? FindInTurns(string model, JsonElement contents)
    {
        var calls = 0;
        foreach (var content in contents.EnumerateArray())
        {
            var role = content.TryGetProperty("role", out var name) ? name.GetString() : "user";
            if (role is not ("user" or "model"))
            {
                return "Please use a valid role: user, model.";
            }

            var parts = content.TryGetProperty("parts", out var array) ? array.EnumerateArray().ToArray() : [];
            if (parts.Length == 0)
            {
                return "* GenerateContentRequest.contents: contents.parts must not be empty.";
            }

            var results = parts.Count(part => part.TryGetProperty("functionResponse", out _));
            if (calls > 0 && results != calls)
            {
                return "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.";
            }

            if (parts.FirstOrDefault(part => part.TryGetProperty("functionCall", out _)) is { ValueKind: JsonValueKind.Object } first
                && Signs(model) && !first.TryGetProperty("thoughtSignature", out _))
            {
                return "Function call is missing a thought_signature in functionCall parts.";
            }

            calls = parts.Count(part => part.TryGetProperty("functionCall", out _));
        }

        return null;
    }
}
