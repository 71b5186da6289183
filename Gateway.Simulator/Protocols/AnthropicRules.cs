using System.Buffers;
using System.Text.Json;
using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Protocols;

/// <summary>What the real server refuses, in its words where they are known.</summary>
internal static class AnthropicRules
{
    public static Answer? FindFault(HttpRequest request, in ReadOnlySequence<byte> body, in RequestFacts facts, bool isCount)
    {
        if (!request.Headers.ContainsKey("x-api-key"))
        {
            return Refuse(StatusCodes.Status401Unauthorized, "x-api-key header is required");
        }

        if (!request.Headers.ContainsKey("anthropic-version"))
        {
            return Refuse(StatusCodes.Status400BadRequest, "anthropic-version: header is required");
        }

        if (!facts.IsJson)
        {
            return Refuse(StatusCodes.Status400BadRequest, "The request body is not valid JSON");
        }

        using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 512 });
        return FindFault(document.RootElement, isCount) is { } fault ? Refuse(StatusCodes.Status400BadRequest, fault) : null;
    }

    private static string? FindFault(JsonElement root, bool isCount)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return "The request body is not a JSON object";
        }

        if (isCount && root.EnumerateObject().Select(field => field.Name).FirstOrDefault(name => name is "max_tokens" or "stream" or "temperature") is { } extra)
        {
            return $"{extra}: Extra inputs are not permitted";
        }

        if (!isCount && !(root.TryGetProperty("max_tokens", out var cap) && cap.ValueKind == JsonValueKind.Number))
        {
            return "max_tokens: Field required";
        }

        if (!root.TryGetProperty("messages", out var messages) || messages.ValueKind != JsonValueKind.Array)
        {
            return "messages: Field required";
        }

        if (messages.GetArrayLength() == 0)
        {
            return "messages: at least one message is required";
        }

        return FindThinkingFault(root) ?? FindConversationFault(messages);
    }

    private static string? FindThinkingFault(JsonElement root)
    {
        if (!root.TryGetProperty("thinking", out var thinking) || TypeOf(thinking) != "enabled")
        {
            return null;
        }

        var budget = thinking.TryGetProperty("budget_tokens", out var value) ? value.GetInt64() : 0;
        return budget < 1024 ? "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024"
            : root.TryGetProperty("max_tokens", out var cap) && cap.GetInt64() <= budget ? "`max_tokens` must be greater than `thinking.budget_tokens`."
            : root.TryGetProperty("temperature", out var temperature) && temperature.GetDouble() is not 1
                ? "`temperature` may only be set to 1 when thinking is enabled."
            : root.TryGetProperty("tool_choice", out var choice) && TypeOf(choice) is "any" or "tool"
                ? "Thinking may not be enabled when tool_choice forces tool use."
            : null;
    }

    private static string? FindConversationFault(JsonElement messages)
    {
        List<string?> called = [];
        var index = 0;
        foreach (var message in messages.EnumerateArray())
        {
            var content = message.TryGetProperty("content", out var value) ? value : default;
            var blocks = content.ValueKind == JsonValueKind.Array ? content.EnumerateArray().ToList() : [];
            var results = blocks.Where(block => TypeOf(block) == "tool_result").Select(block => Text(block, "tool_use_id")).ToList();
            if (Text(message, "role") == "user" && called.Find(id => !results.Contains(id)) is { } unanswered)
            {
                return $"messages.{index}: `tool_use` ids were found without `tool_result` blocks immediately after: {unanswered}.";
            }

            if (results.Find(id => !called.Contains(id)) is { } stray)
            {
                return $"messages.{index}: unexpected `tool_use_id` found in `tool_result` blocks: {stray}.";
            }

            if (blocks.Exists(block => TypeOf(block) == "text" && Text(block, "text") is ""))
            {
                return $"messages.{index}: text content blocks must be non-empty";
            }

            if (blocks.Exists(block => TypeOf(block) == "thinking" && Text(block, "signature") != AnthropicMessages.Signature))
            {
                return $"messages.{index}.content: Invalid `signature` in `thinking` block";
            }

            called = [.. blocks.Where(block => TypeOf(block) == "tool_use").Select(block => Text(block, "id"))];
            index++;
        }

        return null;
    }

    private static string? TypeOf(JsonElement element) => Text(element, "type");

    private static string? Text(JsonElement element, string name)
        => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static Answer Refuse(int status, string message) => new() { Status = status, ErrorMessage = message };
}
