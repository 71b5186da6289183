using System.ComponentModel.DataAnnotations.Schema;
using Gateway.Contracts;
using Gateway.Contracts.Usage;

namespace UsageService.RequestLog;

/// <summary>Tokens in disjoint buckets and what they cost; no cost means that the model has no price.</summary>
internal sealed class LoggedUsage
{
    public long InputTokens { get; init; }

    public long CacheReadTokens { get; init; }

    public long CacheWrite5MinuteTokens { get; init; }

    public long CacheWrite1HourTokens { get; init; }

    public long AudioInputTokens { get; init; }

    public long ImageInputTokens { get; init; }

    public long OutputTokens { get; init; }

    public long ReasoningTokens { get; init; }

    public long AudioOutputTokens { get; init; }

    public required string Source { get; init; }

    public long? CostNanoUsd { get; init; }

    [NotMapped]
    public long PromptTokens => InputTokens + CacheReadTokens + CacheWrite5MinuteTokens + CacheWrite1HourTokens + AudioInputTokens + ImageInputTokens;

    [NotMapped]
    public long CompletionTokens => OutputTokens + ReasoningTokens + AudioOutputTokens;

    [NotMapped]
    public decimal? CostUsd => CostNanoUsd is { } cost ? new NanoUsd(cost).ToUsd() : null;

    public static LoggedUsage From(in TokenUsage usage, UsageSource source, NanoUsd? cost) => new()
    {
        InputTokens = usage.Input,
        CacheReadTokens = usage.CacheRead,
        CacheWrite5MinuteTokens = usage.CacheWrite5Minutes,
        CacheWrite1HourTokens = usage.CacheWrite1Hour,
        AudioInputTokens = usage.AudioInput,
        ImageInputTokens = usage.ImageInput,
        OutputTokens = usage.Output,
        ReasoningTokens = usage.Reasoning,
        AudioOutputTokens = usage.AudioOutput,
        Source = source.ToString().ToLowerInvariant(),
        CostNanoUsd = cost?.Value,
    };
}
