using System.Text.Json.Nodes;

namespace Tests.Translation;

/// <summary>
/// Two spellings of one Responses request, made equal: a text is an array of one part, instructions are a message at the start; defaults, what
/// only names an item, and what the gateway itself answers for (state, stream, caches) are left out.
/// </summary>
internal static class ResponsesNormalisation
{
    private static readonly string[] OfTheGateway =
        ["store", "stream", "stream_options", "truncation", "prompt_cache_key", "prompt_cache_options", "context_management", "moderation", "background", "include", "instructions"];

    public static JsonObject Of(JsonObject request)
    {
        var shape = request.DeepClone().AsObject();
        var input = shape["input"] is JsonArray items ? items : [new JsonObject { ["role"] = "user", ["content"] = shape["input"]!.DeepClone() }];
        shape.Remove("input");
        var system = new List<string>();
        if (shape["instructions"]?.GetValue<string>() is { Length: > 0 } instructions)
        {
            system.Add(instructions);
        }

        var turns = input.Select(item => Item(item!.DeepClone().AsObject())).ToList();
        while (turns.Count > 0 && turns[0]["role"]?.GetValue<string>() == "system")
        {
            system.Add(string.Concat(turns[0]["content"]!.AsArray().Select(part => part!["text"])));
            turns.RemoveAt(0);
        }

        foreach (var name in OfTheGateway)
        {
            shape.Remove(name);
        }

        foreach (var (name, _) in shape.Where(field => field.Value is null or JsonArray { Count: 0 } or JsonObject { Count: 0 }).ToList())
        {
            shape.Remove(name);
        }

        if (shape["text"] is JsonObject text && text["format"]?["type"]?.GetValue<string>() == "text")
        {
            text.Remove("format");
            if (text.Count == 0)
            {
                shape.Remove("text");
            }
        }

        shape["system"] = string.Join("\n\n", system);
        shape["input"] = new JsonArray([.. Merged(turns)]);
        if (shape["reasoning"] is JsonObject reasoning)
        {
            foreach (var name in new[] { "context", "generate_summary" }.Concat(reasoning.Where(field => field.Value is null).Select(field => field.Key)).ToList())
            {
                reasoning.Remove(name);
            }

            if (reasoning.Count == 0)
            {
                shape.Remove("reasoning");
            }
        }

        foreach (var tool in shape["tools"]?.AsArray() ?? [])
        {
            foreach (var (name, _) in tool!.AsObject().Where(field => field.Value is null).ToList())
            {
                tool.AsObject().Remove(name);
            }

            if (tool!["type"]!.GetValue<string>() == "function")
            {
                tool["strict"] = tool["strict"]?.GetValue<bool>() ?? false;
                tool.AsObject().Remove("defer_loading");
                tool.AsObject().Remove("output_schema");
            }
        }

        return JsonNode.Parse(Sorted(shape)!.ToJsonString())!.AsObject();
    }

    private static JsonObject Item(JsonObject item)
    {
        if (item["role"] is not null && (item["type"] is null || item["type"]!.GetValue<string>() == "message"))
        {
            item["type"] = "message";
            if (item["content"] is JsonValue text)
            {
                var value = text.GetValue<string>();
                item["content"] = value.Length == 0 ? [] : new JsonArray(new JsonObject { ["type"] = "text", ["text"] = value });
            }

            foreach (var part in item["content"]!.AsArray())
            {
                part!.AsObject().Remove("annotations");
                part.AsObject().Remove("logprobs");
                part.AsObject().Remove("prompt_cache_breakpoint");
                if (part["text"] is not null)
                {
                    part["type"] = "text";
                }

                if (part["type"]!.GetValue<string>() == "input_image" && part["detail"] is null)
                {
                    part["detail"] = "auto";
                }
            }

            item.Remove("id");
            item.Remove("phase");
        }

        if (item["type"]!.GetValue<string>() is "function_call" or "function_call_output" or "custom_tool_call" or "custom_tool_call_output")
        {
            foreach (var name in new[] { "id", "caller", "namespace" })
            {
                item.Remove(name);
            }
        }

        if (item["type"]!.GetValue<string>() is "message" or "reasoning" or "function_call" or "function_call_output")
        {
            item.Remove("status");
        }

        if (item["type"]!.GetValue<string>() == "reasoning")
        {
            item.Remove("content");
            var text = string.Join("\n\n", item["summary"]!.AsArray().Select(part => part!["text"]!.GetValue<string>()));
            item["summary"] = text;
        }

        if (item["output"] is JsonArray output)
        {
            foreach (var part in output.Where(part => part!["type"]!.GetValue<string>() == "input_image"))
            {
                part!["detail"] ??= "auto";
            }
        }

        return item;
    }

    /// <summary>Messages of the assistant in a row are one.</summary>
    private static IEnumerable<JsonObject> Merged(List<JsonObject> turns)
    {
        JsonObject? last = null;
        foreach (var turn in turns)
        {
            if (turn["content"] is JsonArray content && content.All(part => part!["text"]?.GetValue<string>() == ""))
            {
                continue;
            }

            // Without its content it can only be looked up in a store.
            if (turn["type"]!.GetValue<string>() == "reasoning" && turn["encrypted_content"] is null)
            {
                continue;
            }

            if (turn["role"]?.GetValue<string>() == "assistant" && last?["role"]?.GetValue<string>() == "assistant")
            {
                foreach (var part in turn["content"]!.AsArray().Select(part => part!.DeepClone()))
                {
                    last["content"]!.AsArray().Add(part);
                }

                continue;
            }

            last = turn;
            yield return turn;
        }
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject value => new JsonObject(value.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => KeyValuePair.Create(field.Key, Sorted(field.Value)))),
        JsonArray value => new JsonArray([.. value.Select(Sorted)]),
        null => null,
        _ => node.DeepClone(),
    };
}
