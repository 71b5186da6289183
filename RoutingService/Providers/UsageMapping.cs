using System.Text;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using Gateway.Llm.Canonical;

namespace RoutingService.Providers;

internal static class UsageMapping
{
    /// <summary>No model writes text of so many bytes with fewer tokens.</summary>
    private const long MostBytesOfAToken = 16;

    /// <summary>
    /// About four bytes to a token, for where a provider reports nothing: a full answer is never free. Long words are no proof that a provider
    /// went over the cap that it was sent, and a budget must not end an answer that keeps to it; so many events or bytes are.
    /// </summary>
    public static LlmUsage Estimate(RequestFacts facts, long outputBytes, long minOutput = 0)
    {
        var output = (outputBytes + 3) / 4;
        if (facts.MaxOutputTokens * facts.Choices is { } cap && output > cap)
        {
            output = Math.Max(cap, outputBytes / MostBytesOfAToken);
        }

        return new LlmUsage { Input = (facts.TextBytes + 3) / 4, Output = Math.Max(minOutput, output) };
    }

    /// <summary>What an event adds to the base of the estimate.</summary>
    public static long TextBytes(StreamEvent streamEvent) => streamEvent switch
    {
        TextDelta delta => Encoding.UTF8.GetByteCount(delta.Text),
        ReasoningDelta delta => Encoding.UTF8.GetByteCount(delta.Text),
        RefusalDelta delta => Encoding.UTF8.GetByteCount(delta.Text),
        ToolCallStarted started => Encoding.UTF8.GetByteCount(started.Name),
        ToolCallDelta delta => Encoding.UTF8.GetByteCount(delta.ArgumentsPart),
        _ => 0,
    };

    public static TokenUsage ToTokenUsage(in LlmUsage usage) => new()
    {
        Input = usage.Input,
        CacheRead = usage.CacheRead,
        CacheWrite5Minutes = usage.CacheWrite,
        CacheWrite1Hour = usage.CacheWrite1Hour,
        AudioInput = usage.AudioInput,
        ImageInput = usage.ImageInput,
        Output = usage.Output,
        Reasoning = usage.Reasoning,
        AudioOutput = usage.AudioOutput,
    };
}
