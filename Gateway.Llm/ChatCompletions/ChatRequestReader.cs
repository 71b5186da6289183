using System.Text;
using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.ChatCompletions;

/// <summary>Reads a Chat Completions request that has been scanned into the canonical form.</summary>
public static class ChatRequestReader
{
    public static LlmRequest Read(ReadOnlyMemory<byte> body)
    {
        var scan = ChatRequestScanner.Scan(body.Span);
        using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = JsonLimits.MaxDepth });
        var root = document.RootElement;
        return new LlmRequest
        {
            Model = scan.Model,
            Stream = scan.Stream,
            IncludeUsage = scan.IncludeUsage,
            MaxOutputTokens = scan.MaxOutputTokens,
            Messages = ReadMessages(root.GetProperty("messages")),
            Tools = root.TryGetProperty("tools", out var tools) ? ReadTools(tools) : [],
            Choices = scan.Choices,
            Output = root.TryGetProperty("response_format", out var format) && ReadSchema(format) is { } schema ? new OutputFormat(schema) : null,
        };
    }

    private static List<LlmMessage> ReadMessages(JsonElement messages)
    {
        var result = new List<LlmMessage>(messages.GetArrayLength());
        var index = 0;
        foreach (var message in messages.EnumerateArray())
        {
            var param = $"messages[{index++}]";
            if (message.ValueKind != JsonValueKind.Object || !TryGetString(message, "role", out var role))
            {
                throw new InvalidRequestException("invalid_value", $"'{param}' must be an object with a role.", param);
            }

            var text = message.TryGetProperty("content", out var content) ? ReadText(content, $"{param}.content") : "";
            result.Add(new LlmMessage(ReadRole(role, $"{param}.role"), text));
        }

        return result;
    }

    private static LlmRole ReadRole(string role, string param) => role switch
    {
        "system" or "developer" => LlmRole.System,
        "user" => LlmRole.User,
        "assistant" => LlmRole.Assistant,
        "tool" or "function" => LlmRole.Tool,
        _ => throw new InvalidRequestException("invalid_value", $"'{param}' is not a role: '{JsonStrings.Shorten(role)}'.", param),
    };

    private static string ReadText(JsonElement content, string param)
    {
        switch (content.ValueKind)
        {
            case JsonValueKind.String:
                return content.GetString()!;
            case JsonValueKind.Null:
                return "";
            case JsonValueKind.Array:
                var text = new StringBuilder();
                foreach (var part in content.EnumerateArray())
                {
                    if (part.ValueKind == JsonValueKind.Object && TryGetString(part, "text", out var piece))
                    {
                        text.Append(piece);
                    }
                }

                return text.ToString();
            default:
                throw new InvalidRequestException("invalid_type", $"'{param}' must be a string or an array of parts.", param);
        }
    }

    private static List<LlmTool> ReadTools(JsonElement tools)
    {
        var result = new List<LlmTool>();
        if (tools.ValueKind != JsonValueKind.Array)
        {
            return result;
        }

        foreach (var tool in tools.EnumerateArray())
        {
            if (tool.ValueKind == JsonValueKind.Object
                && tool.TryGetProperty("function", out var function)
                && function.ValueKind == JsonValueKind.Object
                && TryGetString(function, "name", out var name))
            {
                result.Add(new FunctionTool(name, function.TryGetProperty("parameters", out var parameters) ? parameters.Clone() : null));
            }
        }

        return result;
    }

    private static JsonElement? ReadSchema(JsonElement format)
        => format.ValueKind == JsonValueKind.Object
            && format.TryGetProperty("json_schema", out var jsonSchema)
            && jsonSchema.ValueKind == JsonValueKind.Object
            && jsonSchema.TryGetProperty("schema", out var schema)
                ? schema.Clone()
                : null;

    private static bool TryGetString(JsonElement element, string name, out string value)
    {
        value = element.TryGetProperty(name, out var property) && property.ValueKind == JsonValueKind.String ? property.GetString()! : "";
        return value.Length > 0;
    }
}
