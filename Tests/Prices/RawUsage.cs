using System.Text.Json.Nodes;
using Gateway.Contracts.Usage;
using Gateway.Simulator.Fixtures;
using Tests.Fixtures;

namespace Tests.Prices;

/// <summary>What a recorded answer says of its tokens, read from the recording alone: by the vendors' own descriptions, not by the gateway's code.</summary>
internal static class RawUsage
{
    /// <summary>Null where the answer has no usage.</summary>
    public static (TokenUsage Usage, string? Tier)? Of(string file, Fixture fixture)
    {
        var events = EventsOf(file, fixture).ToList();
        return fixture.Provider switch
        {
            "anthropic" => Anthropic(events),
            "gemini" => events.Select(one => one["usageMetadata"]).OfType<JsonObject>().LastOrDefault(one => one["promptTokenCount"] is not null) is { } usage ? Gemini(usage) : null,
            "bedrock" => events.LastOrDefault(one => one["usage"] is JsonObject) is { } answer ? Bedrock(answer) : null,
            "openai-responses" => Responses(events),
            "azure" when fixture.Kinds.Contains("azure-responses") => Responses(events),
            _ => Chat(events),
        };
    }

    private static IEnumerable<JsonNode> EventsOf(string file, Fixture fixture)
    {
        if (fixture.Provider == "bedrock" && fixture.IsStream)
        {
            var path = FixtureLibrary.Folders.Select(folder => Path.Combine(folder, file)).First(File.Exists);
            return JsonNode.Parse(File.ReadAllText(path))!["response"]!["decoded_events"]!.AsArray().Select(entry => entry!["payload"]!);
        }

        var text = fixture.ReplayText.TrimStart('\uFEFF', ' ', '\r', '\n');
        return text.StartsWith('{') ? [JsonNode.Parse(text)!]
            : text.StartsWith('[') ? JsonNode.Parse(text)!.AsArray().Select(one => one!)
            : text.Split('\n').Where(line => line.StartsWith("data:", StringComparison.Ordinal)).Select(line => line["data:".Length..].Trim())
                .Where(data => data.StartsWith('{')).Select(data => JsonNode.Parse(data)!);
    }

    /// <summary>https://platform.openai.com/docs/api-reference/chat: the details are parts of their totals.</summary>
    private static (TokenUsage, string?)? Chat(List<JsonNode> events)
    {
        if (events.Select(one => one["usage"]).OfType<JsonObject>().LastOrDefault(usage => usage["prompt_tokens"] is not null) is not { } reported)
        {
            return null;
        }

        var input = reported["prompt_tokens_details"];
        var output = reported["completion_tokens_details"];

        // Grok at Azure tells of more cached tokens than of tokens; what is billed cannot be more than all there were.
        var cached = Math.Min(Number(input?["cached_tokens"]), Number(reported["prompt_tokens"]));
        var usage = new TokenUsage
        {
            Input = Number(reported["prompt_tokens"]) - cached - Number(input?["cache_write_tokens"]) - Number(input?["audio_tokens"]),
            CacheRead = cached,
            CacheWrite5Minutes = Number(input?["cache_write_tokens"]),
            AudioInput = Number(input?["audio_tokens"]),
            Output = Number(reported["completion_tokens"]) - Number(output?["reasoning_tokens"]) - Number(output?["audio_tokens"]),
            Reasoning = Number(output?["reasoning_tokens"]),
            AudioOutput = Number(output?["audio_tokens"]),
        };
        return (usage, events.Select(one => one["service_tier"]?.GetValue<string>()).LastOrDefault(tier => tier is not null));
    }

    /// <summary>https://platform.openai.com/docs/api-reference/responses: of the last response object.</summary>
    private static (TokenUsage, string?)? Responses(List<JsonNode> events)
    {
        var response = events.Select(one => one["response"] ?? one).LastOrDefault(one => one["usage"] is JsonObject);
        if (response is null)
        {
            return null;
        }

        var reported = response["usage"]!;
        var input = reported["input_tokens_details"];
        var reasoning = Number(reported["output_tokens_details"]?["reasoning_tokens"]);
        return (
            new TokenUsage
            {
                Input = Number(reported["input_tokens"]) - Number(input?["cached_tokens"]) - Number(input?["cache_write_tokens"]),
                CacheRead = Number(input?["cached_tokens"]),
                CacheWrite5Minutes = Number(input?["cache_write_tokens"]),
                Output = Number(reported["output_tokens"]) - reasoning,
                Reasoning = reasoning,
            },
            response["service_tier"]?.GetValue<string>());
    }

    /// <summary>https://platform.claude.com/docs/en/api/messages: cached tokens stand beside the input, and a stream's last word on each counts.</summary>
    private static (TokenUsage, string?)? Anthropic(List<JsonNode> events)
    {
        var last = new JsonObject();
        foreach (var usage in events.Select(one => (one["message"] ?? one)["usage"]).OfType<JsonObject>())
        {
            foreach (var (name, value) in usage.Where(field => field.Value is not null))
            {
                last[name] = value!.DeepClone();
            }
        }

        if (last["input_tokens"] is null || last["output_tokens"] is null)
        {
            return null;
        }

        var hour = Number(last["cache_creation"]?["ephemeral_1h_input_tokens"]);
        var thinking = Number(last["output_tokens_details"]?["thinking_tokens"]);
        var compactions = (last["iterations"] as JsonArray ?? []).Where(one => one?["type"]?.GetValue<string>() == "compaction").ToList();
        return (
            new TokenUsage
            {
                Input = Number(last["input_tokens"]) + compactions.Sum(one => Number(one!["input_tokens"])),
                CacheRead = Number(last["cache_read_input_tokens"]),
                CacheWrite5Minutes = Number(last["cache_creation_input_tokens"]) - hour,
                CacheWrite1Hour = hour,
                Output = Number(last["output_tokens"]) - thinking + compactions.Sum(one => Number(one!["output_tokens"])),
                Reasoning = thinking,
            },
            last["service_tier"]?.GetValue<string>());
    }

    /// <summary>https://ai.google.dev/api/generate-content#UsageMetadata: the prompt holds what was cached, thoughts and tools stand beside.</summary>
    private static (TokenUsage, string?)? Gemini(JsonObject reported)
    {
        var cached = Number(reported["cachedContentTokenCount"]);
        var all = Number(reported["promptTokenCount"]) + Number(reported["toolUsePromptTokenCount"]) - cached;
        var audio = Modality(reported, "AUDIO");
        var images = Modality(reported, "IMAGE");
        var spoken = Sum(reported["candidatesTokensDetails"], "AUDIO");
        return (
            new TokenUsage
            {
                Input = all - audio - images,
                CacheRead = cached,
                AudioInput = audio,
                ImageInput = images,
                Output = Number(reported["candidatesTokenCount"]) - spoken,
                Reasoning = Number(reported["thoughtsTokenCount"]),
                AudioOutput = spoken,
            },
            (reported["serviceTier"] ?? reported["trafficType"]) is JsonValue tier && tier.TryGetValue<string>(out var word) ? word : null);

        static long Modality(JsonObject usage, string name)
            => Sum(usage["promptTokensDetails"], name) + Sum(usage["toolUsePromptTokensDetails"], name) - Sum(usage["cacheTokensDetails"], name);

        static long Sum(JsonNode? details, string name)
            => (details as JsonArray ?? []).Where(one => one?["modality"]?.ToString() == name).Sum(one => Number(one!["tokenCount"]));
    }

    /// <summary>https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html: cached tokens stand beside the input.</summary>
    private static (TokenUsage, string?)? Bedrock(JsonNode answer)
    {
        var reported = answer["usage"]!;
        var hour = (reported["cacheDetails"] as JsonArray ?? []).Where(one => one?["ttl"]?.GetValue<string>() == "1h").Sum(one => Number(one!["inputTokens"]));
        return (
            new TokenUsage
            {
                Input = Number(reported["inputTokens"]),
                CacheRead = Number(reported["cacheReadInputTokens"]),
                CacheWrite5Minutes = Number(reported["cacheWriteInputTokens"]) - hour,
                CacheWrite1Hour = hour,
                Output = Number(reported["outputTokens"]),
            },
            answer["serviceTier"]?["type"]?.GetValue<string>());
    }

    private static long Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<long>(out var number) ? number : 0;
}
