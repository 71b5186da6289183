using System.Text.Json.Serialization;

namespace Gateway.Contracts.Usage;

/// <summary>Tokens of one attempt in disjoint buckets: no token is in two of them, so a cost is a plain sum.</summary>
public readonly record struct TokenUsage
{
    /// <summary>Input that was neither read from nor written to a cache, audio and images apart.</summary>
    public long Input { get; init; }

    public long CacheRead { get; init; }

    public long CacheWrite5Minutes { get; init; }

    public long CacheWrite1Hour { get; init; }

    public long AudioInput { get; init; }

    public long ImageInput { get; init; }

    /// <summary>Visible output, audio apart.</summary>
    public long Output { get; init; }

    public long Reasoning { get; init; }

    public long AudioOutput { get; init; }

    [JsonIgnore]
    public long TotalInput => Input + CacheRead + CacheWrite5Minutes + CacheWrite1Hour + AudioInput + ImageInput;

    [JsonIgnore]
    public long TotalOutput => Output + Reasoning + AudioOutput;

    [JsonIgnore]
    public long Total => TotalInput + TotalOutput;
}
