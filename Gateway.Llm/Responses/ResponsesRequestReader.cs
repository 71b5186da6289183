using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Responses;

/// <summary>Reads a Responses request that has been scanned into the canonical form. The state that it refers to is in its input already.</summary>
public static class ResponsesRequestReader
{
    private const string EncryptedReasoning = "reasoning.encrypted_content";
    private const string TextLogprobs = "message.output_text.logprobs";

    public static LlmRequest Read(ReadOnlyMemory<byte> body)
    {
        var scan = ResponsesRequestScanner.Scan(body.Span);
        using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = JsonLimits.MaxDepth });
        var root = document.RootElement;
        if (root.Find("prompt") is not null)
        {
            throw new InvalidRequestException("unsupported_parameter", "Stored prompts are known to OpenAI only: send the text itself.", "prompt");
        }

        var text = root.FindObject("text") ?? default;
        var unmapped = new List<string>();
        var include = ReadInclude(root, unmapped);
        FindUnmapped(root, unmapped);
        FindUnmappedReasoning(root.FindObject("reasoning") ?? default, unmapped);
        var tools = ResponsesToolReader.ReadTools(root);
        return new LlmRequest
        {
            Model = scan.Model,
            Stream = scan.Stream,
            IncludeUsage = true,
            Messages = ResponsesInputReader.Read(root),
            Tools = tools,
            ToolChoice = ResponsesToolReader.ReadChoice(root),
            ParallelToolCalls = ReadBoolean(root, "parallel_tool_calls"),
            MaxOutputTokens = scan.MaxOutputTokens,
            Temperature = ReadDecimal(root, "temperature"),
            TopP = ReadDecimal(root, "top_p"),
            Output = ReadFormat(text),
            Reasoning = ReadReasoning(root, include),
            Verbosity = text.FindText("verbosity"),
            Logprobs = include.Contains(TextLogprobs) || root.FindInt("top_logprobs") > 0 ? root.FindInt("top_logprobs") ?? 0 : null,
            EndUser = scan.EndUser,
            ServiceTier = root.FindText("service_tier"),
            Metadata = ReadMetadata(root),
            Echo = ResponsesEcho.Read(root),
            Unmapped = unmapped,
        };
    }

    private static HashSet<string> ReadInclude(JsonElement root, List<string> unmapped)
    {
        var include = root.FindArray("include").Where(value => value.ValueKind == JsonValueKind.String)
            .Select(value => value.GetString()!).ToHashSet(StringComparer.Ordinal);
        unmapped.AddRange(include.Where(value => value is not (EncryptedReasoning or TextLogprobs)).Select(value => $"include.{value}"));
        return include;
    }

    private static void FindUnmapped(JsonElement root, List<string> unmapped)
    {
        foreach (var member in root.EnumerateObject())
        {
            var isMapped = member.Name switch
            {
                "model" or "input" or "instructions" or "max_output_tokens" or "temperature" or "top_p" or "tools" or "tool_choice"
                    or "parallel_tool_calls" or "text" or "reasoning" or "include" or "stream" or "stream_options" or "top_logprobs" or "metadata"
                    or "user" or "safety_identifier" or "service_tier" => true,

                // The gateway's own state.
                "store" or "previous_response_id" or "conversation" or "background" => true,
                "truncation" => member.Value.ValueKind == JsonValueKind.String && member.Value.ValueEquals("disabled"u8),
                _ => member.Value.ValueKind == JsonValueKind.Null,
            };
            if (!isMapped)
            {
                unmapped.Add(JsonStrings.Shorten(member.Name));
            }
        }
    }

    private static void FindUnmappedReasoning(JsonElement reasoning, List<string> unmapped)
    {
        foreach (var member in reasoning.ValueKind == JsonValueKind.Object ? reasoning.EnumerateObject() : default)
        {
            if (member.Name is not ("effort" or "summary" or "generate_summary") && member.Value.ValueKind != JsonValueKind.Null)
            {
                unmapped.Add($"reasoning.{JsonStrings.Shorten(member.Name)}");
            }
        }
    }

    private static OutputFormat? ReadFormat(JsonElement text)
    {
        if (text.FindObject("format") is not { } format)
        {
            return null;
        }

        return format.FindText("type") switch
        {
            "text" => null,
            "json_object" => new OutputFormat(null),
            "json_schema" => new OutputFormat((format.FindObject("schema")
                ?? throw new InvalidRequestException("missing_required_parameter", "'text.format.schema' is required.", "text.format.schema")).Clone())
            {
                Name = format.FindText("name"),
                Description = format.FindText("description"),
                Strict = ReadBoolean(format, "strict"),
            },
            _ => throw new InvalidRequestException(
                "invalid_value", "'text.format.type' must be 'text', 'json_object' or 'json_schema'.", "text.format.type"),
        };
    }

    private static ReasoningWish? ReadReasoning(JsonElement root, HashSet<string> include)
    {
        var reasoning = root.FindObject("reasoning") ?? default;
        var wish = new ReasoningWish
        {
            Effort = reasoning.FindText("effort") is { } effort ? ResponsesVocabulary.ReadEffort(effort) : null,
            Summary = reasoning.FindText("summary") ?? reasoning.FindText("generate_summary"),

            // Without a store there is nobody else to keep it; with one, the gateway does.
            IncludeState = include.Contains(EncryptedReasoning) || ReadBoolean(root, "store") != false,
        };
        return reasoning.ValueKind == JsonValueKind.Object || include.Contains(EncryptedReasoning) ? wish : null;
    }

    private static Dictionary<string, string> ReadMetadata(JsonElement root)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in (root.FindObject("metadata") is { } value ? value.EnumerateObject() : default))
        {
            metadata[member.Name] = member.Value.ValueKind == JsonValueKind.String
                ? member.Value.GetString()!
                : throw new InvalidRequestException("invalid_type", "The values of 'metadata' must be strings.", "metadata");
        }

        return metadata;
    }

    private static decimal? ReadDecimal(JsonElement root, string name) => root.Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetDecimal(out var number) => number,
        _ => throw new InvalidRequestException("invalid_type", $"'{name}' must be a number.", name),
    };

    private static bool? ReadBoolean(JsonElement element, string name) => element.Find(name)?.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        null => null,
        _ => throw new InvalidRequestException("invalid_type", $"'{name}' must be true or false.", name),
    };
}
