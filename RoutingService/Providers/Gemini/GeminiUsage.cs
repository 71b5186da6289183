using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace RoutingService.Providers.Gemini;

/// <summary>
/// Reads <c>usageMetadata</c>. The prompt's count holds what was cached, and what tools put into the prompt stands beside it; the answer's
/// count holds no thoughts, and is left out when it is 0. A sort of content that has no bucket (video, documents) stays among the rest.
/// </summary>
internal static class GeminiUsage
{
    /// <summary>Null where nothing was counted, or what was is no number.</summary>
    public static LlmUsage? Read(JsonElement metadata)
    {
        if (metadata.ValueKind != JsonValueKind.Object || !IsCount(metadata, "promptTokenCount")
            || (metadata.TryGetProperty("candidatesTokenCount", out _) && !IsCount(metadata, "candidatesTokenCount")))
        {
            return null;
        }

        var prompt = Count(metadata, "promptTokenCount");
        var tools = Count(metadata, "toolUsePromptTokenCount");
        var cached = Math.Min(Count(metadata, "cachedContentTokenCount"), prompt);
        var audio = Bucket(metadata, "AUDIO", prompt + tools - cached);
        var images = Bucket(metadata, "IMAGE", prompt + tools - cached - audio);
        var output = Count(metadata, "candidatesTokenCount");
        var spoken = Math.Min(OfModality(metadata, "candidatesTokensDetails", "AUDIO"), output);
        return new LlmUsage
        {
            Input = prompt + tools - cached - audio - images,
            CacheRead = cached,
            AudioInput = audio,
            ImageInput = images,
            Output = output - spoken,
            Reasoning = Count(metadata, "thoughtsTokenCount"),
            AudioOutput = spoken,
            ServiceTier = ServiceTiers.Of(metadata.FindText("serviceTier") ?? metadata.FindText("trafficType")),
        };
    }

    /// <summary>What of a sort was not cached.</summary>
    private static long Bucket(JsonElement metadata, string modality, long atMost) => Math.Clamp(
        OfModality(metadata, "promptTokensDetails", modality)
            + OfModality(metadata, "toolUsePromptTokensDetails", modality)
            - OfModality(metadata, "cacheTokensDetails", modality),
        0,
        atMost);

    private static long OfModality(JsonElement metadata, string details, string modality)
    {
        if (!metadata.TryGetProperty(details, out var entries) || entries.ValueKind != JsonValueKind.Array)
        {
            return 0;
        }

        var sum = 0L;
        foreach (var entry in entries.EnumerateArray())
        {
            if (entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("modality", out var name)
                && name.ValueKind == JsonValueKind.String && name.ValueEquals(modality))
            {
                sum += Count(entry, "tokenCount");
            }
        }

        return sum;
    }

    private static bool IsCount(JsonElement metadata, string name)
        => metadata.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var count) && count >= 0;

    private static long Count(JsonElement element, string name)
        => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var count) && count > 0 ? count : 0;
}
