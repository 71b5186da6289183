using Gateway.Contracts.Usage;
using Gateway.Llm.Canonical;

namespace RoutingService.Providers;

internal static class UsageMapping
{
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
