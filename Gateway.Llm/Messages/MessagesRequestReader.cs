using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Messages;

/// <summary>Reads a Messages request that has been scanned into the canonical form.</summary>
public static class MessagesRequestReader
{
    public static LlmRequest Read(ReadOnlyMemory<byte> body)
    {
        var scan = MessagesRequestScanner.ScanCount(body.Span);
        using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = JsonLimits.MaxDepth });
        var root = document.RootElement;
        var unmapped = new List<string>();
        var request = new LlmRequest
        {
            Model = scan.Model,
            Stream = scan.Stream,
            IncludeUsage = true,
            MaxOutputTokens = scan.MaxOutputTokens,
            EndUser = scan.EndUser,
            Messages = MessagesContentReader.ReadConversation(root.Find("system"), root.GetProperty("messages")),
            Unmapped = unmapped,
        };
        foreach (var field in root.EnumerateObject().Where(field => field.Value.ValueKind != JsonValueKind.Null))
        {
            request = ReadField(request, field.Name, field.Value, unmapped);
        }

        return request;
    }

    private static LlmRequest ReadField(LlmRequest request, string name, JsonElement value, List<string> unmapped)
    {
        switch (name)
        {
            case "model" or "stream" or "max_tokens" or "messages" or "system":
                return request;
            case "metadata":
                unmapped.AddRange(value.EnumerateObject().Where(field => field.Name != "user_id").Select(field => $"metadata.{field.Name}"));
                return request;
            case "temperature":
                return request with { Temperature = ReadDecimal(value, name) };
            case "top_p":
                return request with { TopP = ReadDecimal(value, name) };
            case "top_k":
                return request with { TopK = value.TryGetInt64Of(out var topK) ? topK : throw Wrong(name, "a whole number") };
            case "stop_sequences":
                return request with { Stop = ReadStrings(value, name) };
            case "service_tier":
                return request with { ServiceTier = ReadText(value, name) };
            case "cache_control":
                return request with { AutomaticCache = MessagesContentReader.ReadCache(value) };
            case "tools":
                return request with { Tools = [.. request.Tools, .. MessagesToolReader.ReadTools(value, unmapped)] };
            case "mcp_servers":
                return request with { Tools = [.. request.Tools, .. MessagesToolReader.ReadServers(value)] };
            case "tool_choice":
                var (choice, parallel) = MessagesToolReader.ReadChoice(value);
                return request with { ToolChoice = choice, ParallelToolCalls = parallel };
            case "thinking":
                return request with { Reasoning = ReadThinking(request.Reasoning ?? new ReasoningWish(), value) };
            case "output_config":
                return ReadOutput(request, value, unmapped);
            case "output_format":
                // The beta's name of output_config.format.
                return request with { Output = ReadFormat(value, name) ?? request.Output };
            default:
                unmapped.Add(name);
                return request;
        }
    }

    private static ReasoningWish ReadThinking(ReasoningWish wish, JsonElement thinking) => thinking.FindText("type") switch
    {
        "disabled" => wish with { Effort = ReasoningEffort.None },
        "adaptive" => Visible(wish with { IsAdaptive = true }, thinking),
        "enabled" => Visible(
            wish with { BudgetTokens = thinking.FindCount("budget_tokens") ?? throw Wrong("thinking.budget_tokens", "a whole number") }, thinking),
        _ => throw Wrong("thinking.type", "'enabled', 'adaptive' or 'disabled'"),
    };

    private static ReasoningWish Visible(ReasoningWish wish, JsonElement thinking) => wish with
    {
        Summary = thinking.FindText("display") == "omitted" ? null : "auto",
        IncludeState = true,
    };

    private static LlmRequest ReadOutput(LlmRequest request, JsonElement output, List<string> unmapped)
    {
        if (output.ValueKind != JsonValueKind.Object)
        {
            throw Wrong("output_config", "an object");
        }

        foreach (var field in output.EnumerateObject().Where(field => field.Value.ValueKind != JsonValueKind.Null))
        {
            switch (field.Name)
            {
                case "effort":
                    var effort = MessagesVocabulary.ReadEffort(ReadText(field.Value, "output_config.effort"));
                    if (effort is null)
                    {
                        throw Wrong("output_config.effort", "'low', 'medium', 'high', 'xhigh' or 'max'");
                    }

                    // Thinking that is switched off stays off, whatever the effort.
                    var wish = request.Reasoning ?? new ReasoningWish();
                    request = wish.Effort == ReasoningEffort.None ? request : request with { Reasoning = wish with { Effort = effort } };
                    break;
                case "format":
                    request = request with { Output = ReadFormat(field.Value, "output_config.format") };
                    break;
                default:
                    unmapped.Add($"output_config.{field.Name}");
                    break;
            }
        }

        return request;
    }

    private static OutputFormat? ReadFormat(JsonElement format, string param)
        => format.FindText("type") == "json_schema" && format.FindObject("schema") is { } schema
            ? new OutputFormat(schema.Clone())
            : throw Wrong(param, "{\"type\":\"json_schema\",\"schema\":{...}}");

    private static decimal ReadDecimal(JsonElement value, string param)
        => value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) ? number : throw Wrong(param, "a number");

    private static bool TryGetInt64Of(this JsonElement value, out long number)
    {
        number = 0;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out number);
    }

    private static List<string> ReadStrings(JsonElement value, string param)
        => value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select((element, index) => ReadText(element, $"{param}[{index}]"))]
            : throw Wrong(param, "an array of strings");

    private static string ReadText(JsonElement value, string param)
        => value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(param, "a string");

    private static InvalidRequestException Wrong(string param, string wanted)
        => new("invalid_value", $"'{param}' must be {wanted}.", param);
}
