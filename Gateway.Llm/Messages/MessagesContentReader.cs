using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Messages;

/// <summary>Reads the conversation of a request: the system prompt, the turns and their blocks.</summary>
internal static class MessagesContentReader
{
    public static List<LlmMessage> ReadConversation(JsonElement? system, JsonElement messages)
    {
        var result = new List<LlmMessage>(messages.GetArrayLength() + 1);
        if (system is { } prompt)
        {
            result.Add(new LlmMessage(LlmRole.System, ReadBlocks(prompt, "system")));
        }

        var index = 0;
        foreach (var message in messages.EnumerateArray())
        {
            Read(message, $"messages[{index++}]", result);
        }

        return result;
    }

    public static CacheMarker? ReadCache(JsonElement cache)
        => cache.ValueKind == JsonValueKind.Object ? new CacheMarker(IsOneHour: cache.FindText("ttl") == "1h") : null;

    private static void Read(JsonElement message, string param, List<LlmMessage> result)
    {
        if (message.Find("content") is not { } content)
        {
            throw new InvalidRequestException("missing_required_parameter", $"'{param}.content' is required.", $"{param}.content");
        }

        var parts = ReadBlocks(content, $"{param}.content");
        switch (message.FindText("role"))
        {
            case "assistant":
                result.Add(new LlmMessage(LlmRole.Assistant, AttachStates(parts)));
                break;
            case "system":
                result.Add(new LlmMessage(LlmRole.System, parts));
                break;
            case "user":
                AddUser(parts, result);
                break;
            default:
                throw new InvalidRequestException("invalid_value", $"'{param}.role' must be 'user' or 'assistant'.", $"{param}.role");
        }
    }

    /// <summary>Results of tools come before whatever else the turn has.</summary>
    private static void AddUser(List<LlmPart> parts, List<LlmMessage> result)
    {
        var results = parts.Where(part => part is ToolResultPart).ToList();
        if (results.Count > 0)
        {
            result.Add(new LlmMessage(LlmRole.Tool, results));
            parts = [.. parts.Where(part => part is not ToolResultPart)];
        }

        if (parts.Count > 0 || results.Count == 0)
        {
            result.Add(new LlmMessage(LlmRole.User, parts));
        }
    }

    /// <summary>
    /// Gemini signs calls and text, for which this format has no place: such a signature was put in a thinking block of its own, before the
    /// call or behind the text. See <see cref="MessagesBlocks"/>.
    /// </summary>
    private static List<LlmPart> AttachStates(List<LlmPart> parts)
    {
        for (var i = parts.Count - 1; i >= 0; i--)
        {
            if (parts[i] is not ReasoningPart { Text: "", IsRedacted: true, State: { Origin: Origins.Gemini } state })
            {
                continue;
            }

            if (i + 1 < parts.Count && parts[i + 1] is ToolCallPart { State: null } call)
            {
                parts[i + 1] = call with { State = state };
                parts.RemoveAt(i);
            }
            else if (i > 0 && parts[i - 1] is TextPart { State: null } text)
            {
                parts[i - 1] = text with { State = state };
                parts.RemoveAt(i);
            }
            else
            {
                parts[i] = new TextPart("") { State = state };
            }
        }

        return parts;
    }

    private static List<LlmPart> ReadBlocks(JsonElement content, string param)
    {
        switch (content.ValueKind)
        {
            case JsonValueKind.String:
                return content.GetString() is { Length: > 0 } text ? [new TextPart(text)] : [];
            case JsonValueKind.Array:
                var parts = new List<LlmPart>(content.GetArrayLength());
                foreach (var block in content.EnumerateArray())
                {
                    var blockParam = $"{param}[{parts.Count}]";
                    var part = ReadBlock(block, blockParam);
                    parts.Add(block.FindObject("cache_control") is { } cache ? part with { Cache = ReadCache(cache) } : part);
                }

                return parts;
            default:
                throw new InvalidRequestException("invalid_type", $"'{param}' must be a string or an array of blocks.", param);
        }
    }

    private static LlmPart ReadBlock(JsonElement block, string param) => block.FindText("type") switch
    {
        null => throw new InvalidRequestException("missing_required_parameter", $"'{param}.type' is required.", $"{param}.type"),
        "text" => new TextPart(Require(block, "text", param)) { Citations = [.. block.FindArray("citations").Select(MessagesCitations.Read)] },
        "image" => new ImagePart(ReadSource(block, param)),
        "document" => ReadDocument(block, param),
        "search_result" => ReadSearchResult(block),
        "thinking" => ReadThinking(block),
        "redacted_thinking" => new ReasoningPart("")
        {
            State = OpaqueState.FromField(Require(block, "data", param), Origins.Anthropic),
            IsRedacted = true,
        },
        "tool_use" => new ToolCallPart(Require(block, "id", param), Require(block, "name", param), ReadArguments(block, param)),
        "tool_result" => new ToolResultPart(
            Require(block, "tool_use_id", param), block.Find("content") is { } content ? ReadBlocks(content, $"{param}.content") : [])
        {
            IsError = block.Find("is_error") is { ValueKind: JsonValueKind.True },
        },
        _ => new NativePart(Origins.Anthropic, block.Clone()),
    };

    private static ReasoningPart ReadThinking(JsonElement block) => new(block.FindText("thinking") ?? "")
    {
        State = block.FindText("signature") is { Length: > 0 } signature ? OpaqueState.FromField(signature, Origins.Anthropic) : null,
    };

    private static string ReadArguments(JsonElement block, string param)
        => block.FindObject("input") is { } input
            ? CompactJson.Write(input)
            : throw new InvalidRequestException("invalid_type", $"'{param}.input' must be an object.", $"{param}.input");

    /// <summary>A document that is made of blocks is text to others, unless there is more than text in it.</summary>
    private static LlmPart ReadDocument(JsonElement block, string param)
    {
        var source = block.FindObject("source");
        if (source?.FindText("type") != "content")
        {
            return Document(block, ReadSource(block, param));
        }

        var content = source.Value.Find("content");
        return content is { ValueKind: JsonValueKind.String } text ? Document(block, new PlainTextSource(text.GetString()!))
            : source.Value.FindArray("content").All(part => part.FindText("type") == "text") ? Document(block, TextOf(source.Value))
            : new NativePart(Origins.Anthropic, block.Clone());
    }

    private static DocumentPart Document(JsonElement block, MediaSource source) => new(source)
    {
        Name = block.FindText("title"),
        Context = block.FindText("context"),
        Citations = block.FindObject("citations")?.Find("enabled") is { ValueKind: JsonValueKind.True },
    };

    private static DocumentPart ReadSearchResult(JsonElement block) => new(TextOf(block))
    {
        Name = block.FindText("title"),
        Context = block.FindText("source"),
        Citations = block.FindObject("citations")?.Find("enabled") is { ValueKind: JsonValueKind.True },
    };

    private static PlainTextSource TextOf(JsonElement element)
        => new(string.Join("\n\n", element.FindArray("content").Select(part => part.FindText("text"))));

    private static MediaSource ReadSource(JsonElement block, string param)
    {
        param = $"{param}.source";
        if (block.FindObject("source") is not { } source)
        {
            throw new InvalidRequestException("missing_required_parameter", $"'{param}' is required.", param);
        }

        return source.FindText("type") switch
        {
            "base64" => new BytesSource(Require(source, "media_type", param), Require(source, "data", param)),
            "url" => new UrlSource(Require(source, "url", param)),
            "text" => new PlainTextSource(Require(source, "data", param)),
            "file" => new FileSource(Origins.Anthropic, Require(source, "file_id", param)),
            _ => throw new InvalidRequestException("invalid_value", $"'{param}.type' is not a kind of source.", $"{param}.type"),
        };
    }

    private static string Require(JsonElement element, string name, string param)
        => element.FindText(name) ?? throw new InvalidRequestException("missing_required_parameter", $"'{param}.{name}' is required.", $"{param}.{name}");
}
