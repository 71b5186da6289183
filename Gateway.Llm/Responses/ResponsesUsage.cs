using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Responses;

/// <summary>Reads and writes the <c>usage</c> object, whose totals hold cached and reasoning tokens that our buckets keep apart.</summary>
internal static class ResponsesUsage
{
    /// <summary>Null when one of the two totals is missing or no count: such a report is worse than an estimate.</summary>
    public static LlmUsage? Read(JsonElement response)
    {
        if (response.FindObject("usage") is not { } usage
            || usage.FindCount("input_tokens") is not { } input
            || usage.FindCount("output_tokens") is not { } output)
        {
            return null;
        }

        // A vendor's details can exceed its totals: what is billed is the total.
        var details = usage.FindObject("input_tokens_details") ?? default;
        var cached = Math.Min(input, details.FindCount("cached_tokens") ?? 0);
        var written = Math.Min(input - cached, details.FindCount("cache_write_tokens") ?? 0);
        var reasoning = Math.Min(output, (usage.FindObject("output_tokens_details") ?? default).FindCount("reasoning_tokens") ?? 0);
        return new LlmUsage
        {
            CacheRead = cached,
            CacheWrite = written,
            Input = input - cached - written,
            Reasoning = reasoning,
            Output = output - reasoning,
            ServiceTier = ServiceTiers.Of(response.FindText("service_tier")),
        };
    }

    /// <summary>Nothing while there is no usage yet: OpenAI's description knows no null here.</summary>
    public static void Write(Utf8JsonWriter writer, LlmUsage? reported)
    {
        if (reported is not { } usage)
        {
            return;
        }

        writer.WriteStartObject("usage"u8);
        writer.WriteNumber("input_tokens"u8, usage.TotalInput);
        writer.WriteStartObject("input_tokens_details"u8);
        writer.WriteNumber("cached_tokens"u8, usage.CacheRead);
        writer.WriteNumber("cache_write_tokens"u8, usage.CacheWrite + usage.CacheWrite1Hour);
        writer.WriteEndObject();
        writer.WriteNumber("output_tokens"u8, usage.TotalOutput);
        writer.WriteStartObject("output_tokens_details"u8);
        writer.WriteNumber("reasoning_tokens"u8, usage.Reasoning);
        writer.WriteEndObject();
        writer.WriteNumber("total_tokens"u8, usage.TotalInput + usage.TotalOutput);
        writer.WriteEndObject();
    }
}
