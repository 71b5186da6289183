using System.Text.Json.Nodes;
using Gateway.Llm.Canonical;

namespace Tests.Translation;

/// <summary>What a Messages request may say in two ways, and what of it the gateway keeps only for providers that speak the same.</summary>
internal static class MessagesNormalisation
{
    public static JsonObject Of(JsonObject request, LlmRequest read)
    {
        RemoveNulls(request);
        RemoveUnmapped(request, read);
        if (request["output_format"] is { } format)
        {
            // The beta's name.
            request.Remove("output_format");
            request["output_config"] = new JsonObject { ["format"] = format.DeepClone() };
        }

        if (request["stream"]?.GetValue<bool>() == false)
        {
            request.Remove("stream");
        }

        // What a model that thinks would do anyway.
        if (request["thinking"]?["type"]?.GetValue<string>() is "enabled" or "adaptive" && request["temperature"]?.GetValue<decimal>() == 1)
        {
            request.Remove("temperature");
        }

        // Whose text is not wanted is told apart; shown is what most models do by themselves.
        (request["thinking"] as JsonObject)?.Remove("display");
        if (request["system"] is { } system)
        {
            request["system"] = Blocks(system);
        }

        foreach (var empty in (string[])["tools", "system"])
        {
            if (request[empty] is JsonArray { Count: 0 })
            {
                request.Remove(empty);
            }
        }

        request["messages"] = Turns(request["messages"]!.AsArray());
        foreach (var tool in (request["tools"] as JsonArray ?? []).OfType<JsonObject>())
        {
            NormaliseCache(tool);
            if (tool["type"]?.GetValue<string>() == "custom")
            {
                tool.Remove("type");
            }
        }

        NormaliseCache(request);
        return request;
    }

    private static void RemoveUnmapped(JsonObject request, LlmRequest read)
    {
        foreach (var path in read.Unmapped)
        {
            var (owner, name) = path.Split('.') is [var holder, var field] ? (holder, field) : ("", path);
            var holderNode = owner.Length == 0 ? request
                : owner.StartsWith("tools[", StringComparison.Ordinal) ? request["tools"]![int.Parse(owner["tools[".Length..^1], null)]
                : request[owner];
            (holderNode as JsonObject)?.Remove(name);
        }
    }

    /// <summary>Neighbours of one role are one turn.</summary>
    private static JsonArray Turns(JsonArray messages)
    {
        var turns = new JsonArray();
        foreach (var message in messages)
        {
            var role = message!["role"]!.GetValue<string>();
            var blocks = Blocks(message["content"]!);
            if (turns.LastOrDefault() is { } last && last["role"]!.GetValue<string>() == role)
            {
                foreach (var block in blocks.ToList())
                {
                    blocks.Remove(block);
                    last["content"]!.AsArray().Add(block);
                }
            }
            else if (blocks.Count > 0)
            {
                turns.Add(new JsonObject { ["role"] = role, ["content"] = blocks });
            }
        }

        return turns;
    }

    private static JsonArray Blocks(JsonNode content)
    {
        if (content is JsonValue text)
        {
            return text.GetValue<string>() is { Length: > 0 } value ? [new JsonObject { ["type"] = "text", ["text"] = value }] : [];
        }

        var blocks = new JsonArray();
        foreach (var block in content.AsArray().Select(block => block!.DeepClone().AsObject()))
        {
            if (block["type"]!.GetValue<string>() == "text" && block["text"]!.GetValue<string>().Length == 0)
            {
                continue;
            }

            blocks.Add(Block(block));
        }

        return blocks;
    }

    private static JsonObject Block(JsonObject block)
    {
        NormaliseCache(block);
        switch (block["type"]!.GetValue<string>())
        {
            case "tool_result":
                block["content"] = block["content"] is { } content ? Blocks(content) : new JsonArray();
                if (block["is_error"]?.GetValue<bool>() == false)
                {
                    block.Remove("is_error");
                }

                break;
            case "tool_use":
                // Who may call a tool, and who did, is for the provider's own tools.
                block.Remove("caller");
                break;
            case "text" when block["citations"] is JsonArray { Count: 0 }:
                block.Remove("citations");
                break;
            case "document" when block["citations"] is JsonObject citations && !citations["enabled"]!.GetValue<bool>():
                block.Remove("citations");
                break;
            case "search_result":
                // To others, and so in between, a document of plain text.
                return Block(new JsonObject
                {
                    ["type"] = "document",
                    ["source"] = new JsonObject
                    {
                        ["type"] = "text",
                        ["media_type"] = "text/plain",
                        ["data"] = string.Join("\n\n", block["content"]!.AsArray().Select(part => part!["text"]!.GetValue<string>())),
                    },
                    ["title"] = block["title"]!.DeepClone(),
                    ["context"] = block["source"]!.DeepClone(),
                    ["citations"] = block["citations"]?.DeepClone(),
                });
        }

        RemoveNulls(block);
        return block;
    }

    /// <summary>Five minutes are the default.</summary>
    private static void NormaliseCache(JsonObject holder)
    {
        if (holder["cache_control"] is JsonObject cache && cache["ttl"]?.GetValue<string>() == "5m")
        {
            cache.Remove("ttl");
        }
    }

    private static void RemoveNulls(JsonObject node)
    {
        foreach (var name in node.Where(field => field.Value is null).Select(field => field.Key).ToList())
        {
            node.Remove(name);
        }
    }
}
