using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Responses;

/// <summary>What a response object repeats of its request; a field that the client has not sent is written with its default, if it has one.</summary>
internal static class ResponsesEcho
{
    private static readonly (string Name, byte[] Default)[] Fields =
    [
        ("background", "false"u8.ToArray()),
        ("instructions", "null"u8.ToArray()),
        ("max_output_tokens", "null"u8.ToArray()),
        ("max_tool_calls", "null"u8.ToArray()),
        ("parallel_tool_calls", "true"u8.ToArray()),
        ("previous_response_id", "null"u8.ToArray()),
        ("prompt_cache_key", "null"u8.ToArray()),
        ("reasoning", """{"effort":null,"summary":null}"""u8.ToArray()),
        ("safety_identifier", "null"u8.ToArray()),
        ("service_tier", "\"default\""u8.ToArray()),
        ("store", "true"u8.ToArray()),
        ("temperature", "1"u8.ToArray()),
        ("text", """{"format":{"type":"text"}}"""u8.ToArray()),
        ("tool_choice", "\"auto\""u8.ToArray()),
        ("top_logprobs", "0"u8.ToArray()),
        ("top_p", "1"u8.ToArray()),
        ("truncation", "\"disabled\""u8.ToArray()),
        // OpenAI's description knows no null here.
        ("user", []),
        ("metadata", "{}"u8.ToArray()),
    ];

    public static IReadOnlyDictionary<string, JsonElement> Read(JsonElement root)
    {
        var echo = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var (name, _) in Fields)
        {
            if (root.Find(name) is { } value)
            {
                echo[name] = value.Clone();
            }
        }

        if (root.Find("tools") is { ValueKind: JsonValueKind.Array } tools)
        {
            echo["tools"] = tools.Clone();
        }

        return echo;
    }

    public static void Write(Utf8JsonWriter json, LlmRequest request)
    {
        foreach (var (name, byDefault) in Fields)
        {
            if (request.Echo.TryGetValue(name, out var value))
            {
                json.WritePropertyName(name);
                value.WriteTo(json);
            }
            else if (byDefault.Length > 0)
            {
                json.WritePropertyName(name);
                json.WriteRawValue(byDefault, skipInputValidation: true);
            }
        }

        json.WriteStartArray("tools"u8);
        foreach (var tool in request.Echo.TryGetValue("tools", out var tools) ? tools.EnumerateArray() : default)
        {
            WriteTool(json, tool);
        }

        json.WriteEndArray();
    }

    /// <summary>A function is echoed with the fields that every function of a response has.</summary>
    private static void WriteTool(Utf8JsonWriter json, JsonElement tool)
    {
        if (tool.FindText("type") != "function")
        {
            tool.WriteTo(json);
            return;
        }

        json.WriteStartObject();
        foreach (var member in tool.EnumerateObject())
        {
            member.WriteTo(json);
        }

        foreach (var name in (ReadOnlySpan<string>)["description", "parameters", "strict"])
        {
            if (!tool.TryGetProperty(name, out _))
            {
                json.WriteNull(name);
            }
        }

        json.WriteEndObject();
    }
}
