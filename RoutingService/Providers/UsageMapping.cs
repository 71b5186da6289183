using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using Gateway.Llm.Canonical;

namespace RoutingService.Providers;

internal static class UsageMapping
{
    /// <summary>About four bytes to a token, for where a provider reports nothing: a full answer is never free.</summary>
    public static TokenUsage Estimate(RequestFacts facts, long outputBytes, long minOutput = 0) => new()
    {
        Input = (facts.TextBytes + 3) / 4,
        Output = Math.Max(minOutput, (outputBytes + 3) / 4),
    };

    public static TokenUsage ToTokenUsage(in LlmUsage usage) => new()
    {
        Input = usage.Input,
        CacheRead = usage.CacheRead,
        CacheWrite5Minutes = usage.CacheWrite,
        AudioInput = usage.AudioInput,
        Output = usage.Output,
        Reasoning = usage.Reasoning,
        AudioOutput = usage.AudioOutput,
    };
}
