using System.Collections.Frozen;
using System.Text.Json.Serialization;
using Gateway.Contracts;
using Gateway.Contracts.Usage;

namespace RoutingService.Prices;

/// <summary>
/// What the tokens of one request cost, in nano-dollars for a million, by bucket. A bucket without a price of its own is charged as the more
/// general one that it is a part of, never less than is known.
/// </summary>
internal sealed record PriceBand
{
    private const decimal Million = 1_000_000m;

    /// <summary>All of a request whose input, cached tokens with it, is longer than this is charged by this band: so vendors do it.</summary>
    public long AboveInputTokens { get; init; }

    public long? Input { get; init; }

    public long? CacheRead { get; init; }

    [JsonPropertyName("cacheWrite5m")]
    public long? CacheWrite5Minutes { get; init; }

    [JsonPropertyName("cacheWrite1h")]
    public long? CacheWrite1Hour { get; init; }

    public long? AudioInput { get; init; }

    public long? ImageInput { get; init; }

    public long? Output { get; init; }

    public long? Reasoning { get; init; }

    public long? AudioOutput { get; init; }

    /// <summary>The names of the buckets, as price files and the admin API have them.</summary>
    public static FrozenDictionary<string, (Func<PriceBand, long?> Get, Func<PriceBand, long?, PriceBand> With)> Buckets { get; } =
        new Dictionary<string, (Func<PriceBand, long?>, Func<PriceBand, long?, PriceBand>)>
        {
            ["input"] = (band => band.Input, (band, price) => band with { Input = price }),
            ["cache_read"] = (band => band.CacheRead, (band, price) => band with { CacheRead = price }),
            ["cache_write_5m"] = (band => band.CacheWrite5Minutes, (band, price) => band with { CacheWrite5Minutes = price }),
            ["cache_write_1h"] = (band => band.CacheWrite1Hour, (band, price) => band with { CacheWrite1Hour = price }),
            ["audio_input"] = (band => band.AudioInput, (band, price) => band with { AudioInput = price }),
            ["image_input"] = (band => band.ImageInput, (band, price) => band with { ImageInput = price }),
            ["output"] = (band => band.Output, (band, price) => band with { Output = price }),
            ["reasoning"] = (band => band.Reasoning, (band, price) => band with { Reasoning = price }),
            ["audio_output"] = (band => band.AudioOutput, (band, price) => band with { AudioOutput = price }),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    [JsonIgnore]
    public long? DearestInput => Input is null ? null : new[] { Input, CacheRead, CacheWrite5Minutes, CacheWrite1Hour, AudioInput, ImageInput }.Max();

    /// <summary>0 for a model that puts out no tokens, as those of embeddings.</summary>
    [JsonIgnore]
    public long DearestOutput => new[] { Output, Reasoning, AudioOutput, 0 }.Max() ?? 0;

    /// <summary>Rounded once, half to even. Null where tokens were used that have no price.</summary>
    public NanoUsd? Cost(in TokenUsage usage)
    {
        if ((usage.TotalInput > 0 && Input is null) || (usage.TotalOutput > 0 && Output is null))
        {
            return null;
        }

        var sum = Of(usage.Input, Input)
            + Of(usage.CacheRead, CacheRead ?? Input)
            + Of(usage.CacheWrite5Minutes, CacheWrite5Minutes ?? Input)
            + Of(usage.CacheWrite1Hour, CacheWrite1Hour ?? CacheWrite5Minutes ?? Input)
            + Of(usage.AudioInput, AudioInput ?? Input)
            + Of(usage.ImageInput, ImageInput ?? Input)
            + Of(usage.Output, Output)
            + Of(usage.Reasoning, Reasoning ?? Output)
            + Of(usage.AudioOutput, AudioOutput ?? Output);
        return Round(sum);
    }

    /// <summary>What the tokens that a provider had in its cache would have cost more without it.</summary>
    public NanoUsd Saved(in TokenUsage usage)
        => usage.CacheRead > 0 && Input is { } input && CacheRead is { } read && input > read ? Round(Of(usage.CacheRead, input - read)) : NanoUsd.Zero;

    private static decimal Of(long tokens, long? price) => (decimal)tokens * (price ?? 0);

    private static NanoUsd Round(decimal millionths) => new(checked((long)decimal.Round(millionths / Million, 0, MidpointRounding.ToEven)));
}
