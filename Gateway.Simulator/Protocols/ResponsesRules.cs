using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Gateway.Simulator.Protocols;

/// <summary>What the Responses API refuses, in its own words where they are known.</summary>
internal static class ResponsesRules
{
    private const string Sealed = "gAAAAA";

    /// <summary>What the server knows again as its own.</summary>
    public static string Encrypt(string reasoning) => Sealed + Convert.ToBase64String(Encoding.UTF8.GetBytes(reasoning));

    public static RequestRefusal? Find(in ReadOnlySequence<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return Find(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return new RequestRefusal(StatusCodes.Status400BadRequest, "We could not parse the JSON body of your request.");
        }
    }

    private static RequestRefusal? Find(JsonElement root)
    {
        if (Text(root, "previous_response_id") is { } previous)
        {
            return Refuse($"Previous response with id '{previous}' not found.", "previous_response_not_found");
        }

        if (root.TryGetProperty("messages", out _))
        {
            return Refuse("Unsupported parameter: 'messages'. In the Responses API, this parameter has moved to 'input'.", "unsupported_parameter");
        }

        if (!root.TryGetProperty("input", out var input) || input.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var calls = new HashSet<string>();
        var results = new HashSet<string>();
        foreach (var item in input.EnumerateArray())
        {
            switch (Text(item, "type"))
            {
                case "item_reference":
                    return Refuse($"Item with id '{Text(item, "id")}' not found.", null);
                case "reasoning" when Text(item, "encrypted_content") is null:
                    return Refuse($"Item with id '{Text(item, "id")}' not found. Items are not persisted when `store` is set to false.", null);
                case "reasoning" when !Text(item, "encrypted_content")!.StartsWith(Sealed, StringComparison.Ordinal):
                    return Refuse("The encrypted content could not be verified.", "invalid_encrypted_content");
                case "function_call":
                    calls.Add(Text(item, "call_id") ?? "");
                    break;
                case "function_call_output" when !calls.Contains(Text(item, "call_id") ?? ""):
                    return Refuse($"No tool call found for function call output with call_id {Text(item, "call_id")}.", null);
                case "function_call_output":
                    results.Add(Text(item, "call_id") ?? "");
                    break;
                default:
                    break;
            }
        }

        calls.ExceptWith(results);
        return calls.Count > 0 ? Refuse($"No tool output found for function call {calls.First()}.", null) : null;
    }

    private static RequestRefusal Refuse(string message, string? code) => new(StatusCodes.Status400BadRequest, message, code);

    private static string? Text(JsonElement element, string name)
        => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
