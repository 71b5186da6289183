using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace RoutingService.Providers.Bedrock;

/// <summary>Reads <c>usage</c>, whose input has no cached tokens in it. Thinking is not told apart.</summary>
internal static class BedrockUsage
{
    /// <summary>Of a whole answer, or of the metadata at the end of a stream: the tier stands beside the counts.</summary>
    public static LlmUsage? Find(JsonElement answer) => answer.Find("usage") is { } usage && Read(usage) is { } counts
        ? counts with { ServiceTier = ServiceTiers.Of(answer.FindObject("serviceTier")?.FindText("type")) }
        : null;

    /// <summary>Null where a total is missing or no number: such a report is worse than an estimate.</summary>
    private static LlmUsage? Read(JsonElement usage)
    {
        if (usage.ValueKind != JsonValueKind.Object || !IsCount(usage, "inputTokens") || !IsCount(usage, "outputTokens"))
        {
            return null;
        }

        var written = Count(usage, "cacheWriteInputTokens");
        var oneHour = Math.Min(OneHour(usage), written);
        return new LlmUsage
        {
            Input = Count(usage, "inputTokens"),
            CacheRead = Count(usage, "cacheReadInputTokens"),
            CacheWrite = written - oneHour,
            CacheWrite1Hour = oneHour,
            Output = Count(usage, "outputTokens"),
        };
    }

    private static long OneHour(JsonElement usage)
    {
        if (!usage.TryGetProperty("cacheDetails", out var details) || details.ValueKind != JsonValueKind.Array)
        {
            return 0;
        }

        var sum = 0L;
        foreach (var detail in details.EnumerateArray())
        {
            if (detail.ValueKind == JsonValueKind.Object && detail.TryGetProperty("ttl", out var ttl)
                && ttl.ValueKind == JsonValueKind.String && ttl.ValueEquals("1h"))
            {
                sum += Count(detail, "inputTokens");
            }
        }

        return sum;
    }

    private static bool IsCount(JsonElement usage, string name)
        => usage.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var count) && count >= 0;

    private static long Count(JsonElement element, string name)
        => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var count) && count > 0 ? count : 0;
}
