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
        var messages = new ChatMessageReader();
        var request = new LlmRequest
        {
            Model = scan.Model,
            Stream = scan.Stream,
            IncludeUsage = scan.IncludeUsage,
            MaxOutputTokens = scan.MaxOutputTokens,
            Choices = scan.Choices,
            EndUser = scan.EndUser,
            Messages = messages.Read(root.GetProperty("messages")),
        };
        foreach (var field in root.EnumerateObject().Where(field => field.Value.ValueKind != JsonValueKind.Null))
        {
            request = ReadField(request, field.Name, field.Value, messages.Unmapped);
        }

        if (root.TryGetProperty("top_logprobs", out var top) && request.Logprobs is not null)
        {
            request = request with { Logprobs = (int)RequestField.Integer(top, "top_logprobs") };
        }

        return request with { Unmapped = messages.Unmapped };
    }

    private static LlmRequest ReadField(LlmRequest request, string name, JsonElement value, List<string> unmapped)
    {
        switch (name)
        {
            // The scan has read them, or the messages' reader; top_logprobs counts only with logprobs.
            case "model" or "messages" or "stream" or "stream_options" or "max_tokens" or "max_completion_tokens" or "n" or "user" or "top_logprobs":
                return request;
            case "tools":
                return request with { Tools = ChatToolReader.ReadTools(value, unmapped) };
            case "functions":
                return request with { Tools = ChatToolReader.ReadFunctions(value), UsesLegacyFunctions = true };
            case "tool_choice":
                return request with { ToolChoice = ChatToolReader.ReadChoice(value) };
            case "function_call":
                return request with { ToolChoice = ChatToolReader.ReadFunctionCall(value) };
            case "parallel_tool_calls":
                return request with { ParallelToolCalls = RequestField.Boolean(value, name) };
            case "temperature":
                return request with { Temperature = RequestField.Decimal(value, name) };
            case "top_p":
                return request with { TopP = RequestField.Decimal(value, name) };
            case "top_k":
                // No field of OpenAI's, but of many that speak its format.
                return request with { TopK = RequestField.Integer(value, name) };
            case "stop":
                return request with { Stop = ReadStop(value) };
            case "seed":
                return request with { Seed = RequestField.Integer(value, name) };
            case "frequency_penalty":
                return request with { FrequencyPenalty = RequestField.Decimal(value, name) };
            case "presence_penalty":
                return request with { PresencePenalty = RequestField.Decimal(value, name) };
            case "response_format":
                return request with { Output = ReadOutput(RequestField.Object(value, name)) };
            case "reasoning_effort":
                return request with { Reasoning = (request.Reasoning ?? new()) with { Effort = ReadEffort(RequestField.String(value, name), name) } };
            case "reasoning":
                return request with { Reasoning = ReadReasoning(request.Reasoning, RequestField.Object(value, name), unmapped) };
            case "verbosity":
                return request with { Verbosity = RequestField.String(value, name) };
            case "logprobs":
                return RequestField.Boolean(value, name) ? request with { Logprobs = request.Logprobs ?? 0 } : request;
            case "safety_identifier" when request.EndUser is null:
                return request with { EndUser = RequestField.String(value, name) };
            case "metadata":
                return request with { Metadata = ReadMetadata(RequestField.Object(value, name)) };
            case "service_tier":
                return request with { ServiceTier = RequestField.String(value, name) };
            case "modalities" when value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(one => one.ValueEquals("text"u8)):
                return request;
            case "modalities" or "audio":
                throw new InvalidRequestException("unsupported_parameter", "Answers in sound are not supported by this provider.", name);
            default:
                unmapped.Add(name);
                return request;
        }
    }

    private static List<string> ReadStop(JsonElement value)
        => value.ValueKind == JsonValueKind.String
            ? [value.GetString()!]
            : [.. RequestField.Items(value, "stop").Select(one => RequestField.String(one, "stop"))];

    private static OutputFormat? ReadOutput(JsonElement format)
    {
        const string Param = "response_format";
        switch (RequestField.RequireString(format, "type", Param))
        {
            case "text":
                return null;
            case "json_object":
                return new OutputFormat(Schema: null);
            case "json_schema":
                var given = RequestField.RequireObject(format, "json_schema", Param);
                return new OutputFormat(RequestField.TryGet(given, "schema", out var schema) ? schema.Clone() : null)
                {
                    Name = RequestField.FindString(given, "name", $"{Param}.json_schema"),
                    Description = RequestField.FindString(given, "description", $"{Param}.json_schema"),
                    Strict = RequestField.TryGet(given, "strict", out var strict) ? RequestField.Boolean(strict, $"{Param}.json_schema.strict") : null,
                };
            case var type:
                throw RequestField.Unknown($"{Param}.type", "a format", type);
        }
    }

    /// <summary>OpenRouter's field, which others have taken up: an effort or a budget.</summary>
    private static ReasoningWish ReadReasoning(ReasoningWish? wish, JsonElement reasoning, List<string> unmapped)
    {
        wish ??= new ReasoningWish();
        foreach (var field in reasoning.EnumerateObject().Where(field => field.Value.ValueKind != JsonValueKind.Null))
        {
            var param = $"reasoning.{field.Name}";
            switch (field.Name)
            {
                case "effort":
                    wish = wish with { Effort = ReadEffort(RequestField.String(field.Value, param), param) };
                    break;
                case "max_tokens":
                    wish = wish with { BudgetTokens = RequestField.Integer(field.Value, param) };
                    break;
                case "summary":
                    wish = wish with { Summary = RequestField.String(field.Value, param) };
                    break;
                default:
                    unmapped.Add(param);
                    break;
            }
        }

        return wish;
    }

    private static ReasoningEffort ReadEffort(string effort, string param)
        => ChatVocabulary.ReadEffort(effort) ?? throw RequestField.Unknown(param, "an effort", effort);

    private static Dictionary<string, string> ReadMetadata(JsonElement metadata)
    {
        var entries = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in metadata.EnumerateObject())
        {
            entries[entry.Name] = RequestField.String(entry.Value, $"metadata.{entry.Name}");
        }

        return entries;
    }
}
