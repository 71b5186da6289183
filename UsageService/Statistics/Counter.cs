namespace UsageService.Statistics;

/// <summary>What is added up of calls. They are stored by their places: new ones come at the end.</summary>
internal enum Counter
{
    Requests,
    Errors,
    Refused,
    Attempts,
    Fallbacks,
    InputTokens,
    CacheReadTokens,
    CacheWrite5MinuteTokens,
    CacheWrite1HourTokens,
    AudioInputTokens,
    ImageInputTokens,
    OutputTokens,
    ReasoningTokens,
    AudioOutputTokens,
    CostNanoUsd,

    /// <summary>Calls without a price; they add nothing to the cost.</summary>
    Unpriced,

    /// <summary>Calls whose tokens were counted by the gateway.</summary>
    Estimated,
    CacheSavingsNanoUsd,

    /// <summary>Calls whose model the gateway chose.</summary>
    Classified,
    ClassificationMicroseconds,
    LatencyMicroseconds,
    FirstTokenMicroseconds,
    OverheadMicroseconds,
}
