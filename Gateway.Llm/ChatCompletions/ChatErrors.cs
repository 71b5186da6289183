using System.Text.Json;
using Gateway.Llm.Canonical;

namespace Gateway.Llm.ChatCompletions;

/// <summary>Reads an <c>error</c> inside an answer whose status said that all was well.</summary>
internal static class ChatErrors
{
    private const int Unknown = 500;

    public static AnswerFailed Read(JsonElement error)
    {
        if (error.ValueKind != JsonValueKind.Object)
        {
            return new AnswerFailed(Unknown, error.ValueKind == JsonValueKind.String ? error.GetString()! : "no reason given.");
        }

        // Aggregators say the status of the one behind them as the code.
        var status = error.TryGetProperty("code", out var code) && code.ValueKind == JsonValueKind.Number && code.TryGetInt32(out var number)
            && number is >= 400 and < 600 ? number : Unknown;
        return new AnswerFailed(status, Text(error, "message") ?? "no reason given.", Text(error, "code"), Text(error, "type"));
    }

    private static string? Text(JsonElement error, string name)
        => error.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
