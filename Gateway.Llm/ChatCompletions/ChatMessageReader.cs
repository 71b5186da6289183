using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.ChatCompletions;

/// <summary>Reads the turns of one request.</summary>
internal sealed class ChatMessageReader
{
    /// <summary>The id of the last call in the old words, which had none: the result behind it belongs to it.</summary>
    private string? _legacyCallId;

    /// <summary>What was read and has no place in the canonical form.</summary>
    public List<string> Unmapped { get; } = [];

    public List<LlmMessage> Read(JsonElement messages)
    {
        var result = new List<LlmMessage>(messages.GetArrayLength());
        var index = 0;
        foreach (var message in messages.EnumerateArray())
        {
            var param = $"messages[{index}]";
            if (message.ValueKind != JsonValueKind.Object || !RequestField.TryGet(message, "role", out _))
            {
                throw new InvalidRequestException("invalid_value", $"'{param}' must be an object with a role.", param);
            }

            result.Add(ReadMessage(message, param, index++));
        }

        return result;
    }

    public static CacheMarker? ReadCache(JsonElement marker, List<string> unmapped)
    {
        if (marker.ValueKind == JsonValueKind.Object && RequestField.TryGet(marker, "type", out var type) && type.ValueEquals("ephemeral"u8))
        {
            return new CacheMarker(RequestField.TryGet(marker, "ttl", out var lifetime) && lifetime.ValueEquals("1h"u8));
        }

        Miss("cache_control", unmapped);
        return null;
    }

    private LlmMessage ReadMessage(JsonElement message, string param, int index)
    {
        switch (RequestField.RequireString(message, "role", param))
        {
            case "system":
                return new LlmMessage(LlmRole.System, ReadParts(message, param, "name"));
            case "developer":
                return new LlmMessage(LlmRole.Developer, ReadParts(message, param, "name"));
            case "user":
                return new LlmMessage(LlmRole.User, ReadParts(message, param, "name"));
            case "assistant":
                return new LlmMessage(LlmRole.Assistant, ReadAssistant(message, param, index));
            case "tool":
                var callId = RequestField.RequireString(message, "tool_call_id", param);
                return new LlmMessage(LlmRole.Tool, [new ToolResultPart(callId, ReadParts(message, param, "name"))]);
            case "function":
                return new LlmMessage(LlmRole.Tool, [new ToolResultPart(
                    _legacyCallId ?? throw new InvalidRequestException("invalid_value", $"'{param}' answers no function call before it.", param),
                    ReadParts(message, param))]);
            case var role:
                throw RequestField.Unknown($"{param}.role", "a role", role);
        }
    }

    private List<LlmPart> ReadParts(JsonElement message, string param, params string[] missing)
    {
        foreach (var name in missing.Where(name => RequestField.TryGet(message, name, out _)))
        {
            Miss($"messages[].{name}", Unmapped);
        }

        return RequestField.TryGet(message, "content", out var content) ? ReadContent(content, $"{param}.content") : [];
    }

    private List<LlmPart> ReadContent(JsonElement content, string param)
    {
        switch (content.ValueKind)
        {
            case JsonValueKind.String:
                return content.ValueEquals(""u8) ? [] : [new TextPart(content.GetString()!)];
            case JsonValueKind.Array:
                var parts = new List<LlmPart>();
                var index = 0;
                foreach (var part in content.EnumerateArray())
                {
                    parts.Add(ReadPart(part, $"{param}[{index++}]"));
                }

                return parts;
            default:
                throw new InvalidRequestException("invalid_type", $"'{param}' must be a string or an array of parts.", param);
        }
    }

    private LlmPart ReadPart(JsonElement part, string param)
    {
        var type = RequestField.RequireString(RequestField.Object(part, param), "type", param);
        LlmPart read = type switch
        {
            "text" or "input_text" or "output_text" => new TextPart(RequestField.RequireString(part, "text", param)),
            "refusal" => new RefusalPart(RequestField.RequireString(part, "refusal", param)),
            "image_url" => ReadImage(part, param),
            "input_audio" => ReadAudio(RequestField.RequireObject(part, type, param), $"{param}.{type}"),
            "file" => ReadFile(RequestField.RequireObject(part, type, param), $"{param}.{type}"),
            "video_url" => new VideoPart(ReadUrl(part, "video_url", param).Source),
            _ => throw RequestField.Unknown($"{param}.type", "a kind of content", type),
        };

        foreach (var member in part.EnumerateObject().Where(member => !member.NameEquals("type"u8) && !member.NameEquals(type) && !member.NameEquals("cache_control"u8)))
        {
            if (!(member.NameEquals("text"u8) && read is TextPart) && member.Value.ValueKind != JsonValueKind.Null)
            {
                Miss($"messages[].content[].{member.Name}", Unmapped);
            }
        }

        // No field of OpenAI's: clients of aggregators mark in this way what Anthropic is to cache.
        return RequestField.TryGet(part, "cache_control", out var marker) ? read with { Cache = ReadCache(marker, Unmapped) } : read;
    }

    private static ImagePart ReadImage(JsonElement part, string param)
    {
        var (source, detail) = ReadUrl(part, "image_url", param);
        return new ImagePart(source) { Detail = detail };
    }

    private static (MediaSource Source, string? Detail) ReadUrl(JsonElement part, string name, string param)
    {
        // Some send the address alone.
        if (RequestField.TryGet(part, name, out var bare) && bare.ValueKind == JsonValueKind.String)
        {
            return (SourceOf(bare.GetString()!), null);
        }

        var given = RequestField.RequireObject(part, name, param);
        return (SourceOf(RequestField.RequireString(given, "url", $"{param}.{name}")), RequestField.FindString(given, "detail", $"{param}.{name}"));
    }

    private static MediaSource SourceOf(string url) => DataUrl.TryRead(url, out var bytes) ? bytes : new UrlSource(url);

    private static AudioPart ReadAudio(JsonElement audio, string param)
    {
        var format = RequestField.RequireString(audio, "format", param);
        return new AudioPart(new BytesSource(format == "mp3" ? "audio/mpeg" : $"audio/{format}", RequestField.RequireString(audio, "data", param)));
    }

    private static DocumentPart ReadFile(JsonElement file, string param)
    {
        var name = RequestField.FindString(file, "filename", param);
        if (RequestField.FindString(file, "file_id", param) is { } id)
        {
            return new DocumentPart(new FileSource(Origins.OpenAI, id)) { Name = name };
        }

        var data = RequestField.RequireString(file, "file_data", param);
        return new DocumentPart(DataUrl.TryRead(data, out var bytes) ? bytes
            : data.StartsWith("http", StringComparison.Ordinal) ? new UrlSource(data)
            : new BytesSource("application/pdf", data))
        {
            Name = name,
        };
    }

    private List<LlmPart> ReadAssistant(JsonElement message, string param, int index)
    {
        var parts = ChatReasoning.Read(message, param);
        var content = ReadParts(message, param, "name", "audio", "annotations");
        if (ChatReasoning.ReadTextState(message) is { } state && content.FindLastIndex(part => part is TextPart) is >= 0 and var last)
        {
            content[last] = (TextPart)content[last] with { State = state };
        }

        parts.AddRange(content);
        if (RequestField.FindString(message, "refusal", param) is { Length: > 0 } refusal)
        {
            parts.Add(new RefusalPart(refusal));
        }

        if (RequestField.TryGet(message, "tool_calls", out var calls))
        {
            parts.AddRange(RequestField.Items(calls, $"{param}.tool_calls").Select((call, at) => ReadCall(call, $"{param}.tool_calls[{at}]")));
        }

        if (RequestField.TryGet(message, "function_call", out var legacy))
        {
            _legacyCallId = $"call_function_{index}";
            parts.Add(ReadFunctionCall(_legacyCallId, RequestField.Object(legacy, $"{param}.function_call"), $"{param}.function_call"));
        }

        return parts;
    }

    private static ToolCallPart ReadCall(JsonElement call, string param)
    {
        var id = RequestField.RequireString(RequestField.Object(call, param), "id", param);
        if (RequestField.TryGet(call, "custom", out var custom))
        {
            return new ToolCallPart(
                id, RequestField.RequireString(custom, "name", $"{param}.custom"), RequestField.RequireString(custom, "input", $"{param}.custom"))
            {
                IsFreeform = true,
            };
        }

        return ReadFunctionCall(id, RequestField.RequireObject(call, "function", param), $"{param}.function") with { State = ChatReasoning.ReadTextState(call) };
    }

    private static ToolCallPart ReadFunctionCall(string id, JsonElement function, string param)
    {
        var arguments = RequestField.FindString(function, "arguments", param) ?? "";
        return arguments.Length == 0 || IsJson(arguments)
            ? new ToolCallPart(id, RequestField.RequireString(function, "name", param), arguments)
            : throw new InvalidRequestException("invalid_value", $"'{param}.arguments' is not valid JSON.", $"{param}.arguments");
    }

    private static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void Miss(string field, List<string> unmapped)
    {
        if (!unmapped.Contains(field))
        {
            unmapped.Add(field);
        }
    }
}
