using System.Text.Json.Nodes;
using Gateway.Llm.Canonical;

namespace Tests.Translation;

/// <summary>Two spellings of one Chat Completions request, made equal.</summary>
internal static class ChatNormalisation
{
    public static JsonObject Of(JsonObject request, LlmRequest read)
    {
        // Fields without a place between formats are reported as lost, which the test of the report holds.
        foreach (var field in read.Unmapped.Where(field => !field.Contains('[', StringComparison.Ordinal)))
        {
            request.Remove(field);
        }

        // A wish for the default, and a cap by its older name.
        Drop(request, "stream", value => value is JsonValue given && given.TryGetValue<bool>(out var stream) && !stream);
        Drop(request, "n", value => value!.ToJsonString() == "1");
        Drop(request, "logprobs", value => value!.ToJsonString() == "false");
        Drop(request, "response_format", value => value!["type"]?.GetValue<string>() == "text");
        Drop(request, "modalities", _ => true);
        Rename(request, "max_tokens", "max_completion_tokens");
        Rename(request, "safety_identifier", "user");

        // It would be refused without `store`, and nothing is stored upstream.
        request.Remove("metadata");

        // Usage is always asked for, and always without padding.
        request.Remove("stream_options");
        if (request["stop"] is JsonValue stop)
        {
            request["stop"] = new JsonArray(stop.DeepClone());
        }

        OldWords(request);
        foreach (var message in request["messages"]!.AsArray().Select((message, index) => (Message: message!.AsObject(), Index: index)))
        {
            OfMessage(message.Message, message.Index);
        }

        foreach (var tool in (request["tools"] as JsonArray ?? []).Select(tool => tool!["function"]).OfType<JsonObject>())
        {
            RemoveNulls(tool);
        }

        RemoveNulls(request);
        return request;
    }

    private static void OldWords(JsonObject request)
    {
        if (request["functions"] is JsonArray functions)
        {
            request.Remove("functions");
            request["tools"] = new JsonArray([.. functions.Select(function => new JsonObject { ["type"] = "function", ["function"] = function!.DeepClone() })]);
        }
    }

    private static void OfMessage(JsonObject message, int index)
    {
        if (message["function_call"] is JsonObject call)
        {
            message.Remove("function_call");
            message["tool_calls"] = new JsonArray(new JsonObject { ["id"] = $"call_function_{index}", ["type"] = "function", ["function"] = call.DeepClone() });
        }

        // No place between formats.
        message.Remove("name");
        message.Remove("annotations");
        message.Remove("audio");
        RemoveNulls(message);

        foreach (var part in (message["content"] as JsonArray ?? []).Select(part => part!.AsObject()))
        {
            part.Remove("prompt_cache_breakpoint");
        }

        // One text is the same as a list of one, and nothing the same as an empty one.
        if (message["content"] is JsonArray { Count: 1 } parts && parts[0]!["type"]!.GetValue<string>() == "text")
        {
            message["content"] = parts[0]!["text"]!.DeepClone();
        }

        if (message["role"]!.GetValue<string>() == "assistant" && message["content"] is JsonArray texts)
        {
            message["content"] = string.Concat(texts.Select(text => text!["text"]!.GetValue<string>()));
        }

        if (message["content"]?.ToJsonString() == "\"\"")
        {
            message.Remove("content");
        }
    }

    private static void Drop(JsonObject owner, string name, Func<JsonNode?, bool> isDefault)
    {
        if (owner.TryGetPropertyValue(name, out var value) && value is not null && isDefault(value))
        {
            owner.Remove(name);
        }
    }

    private static void Rename(JsonObject owner, string name, string other)
    {
        if (owner[name] is { } value)
        {
            owner.Remove(name);
            owner[other] ??= value.DeepClone();
        }
    }

    private static void RemoveNulls(JsonObject owner)
    {
        foreach (var name in owner.Where(member => member.Value is null).Select(member => member.Key).ToList())
        {
            owner.Remove(name);
        }
    }
}
