namespace Gateway.Contracts.Routing;

/// <summary>
/// What is to be known of a model before it is called: what a call can cost at most, in nano-dollars for a million tokens of the dearest
/// target that it may go to, and whose tokens those are.
/// </summary>
public sealed record ModelQuote
{
    /// <summary>An alias or a reference that leads somewhere.</summary>
    public bool IsKnown { get; init; }

    /// <summary>The model that it leads to first, as its provider calls it; null for one that is not known.</summary>
    public string? UpstreamModel { get; init; }

    /// <summary>Some target has no price: what a call costs cannot be said.</summary>
    public bool IsUnpriced { get; init; }

    /// <summary>What the gateway does with a call that has no price, where its key says nothing else.</summary>
    public UnpricedPolicy Unpriced { get; init; }

    /// <summary>What a token of a model without a price costs under <see cref="UnpricedPolicy.Ceiling"/>; null where nothing was set.</summary>
    public QuoteBand? Ceiling { get; init; }

    public long InputPerMillion { get; init; }

    public long OutputPerMillion { get; init; }

    /// <summary>What all of a request costs whose input is longer than a number of tokens, by that number; null where length changes nothing.</summary>
    public IReadOnlyList<QuoteBand>? Bands { get; init; }

    /// <summary>As it holds for a key, which may have a policy of its own.</summary>
    public ModelQuote Under(UnpricedPolicy? ofKey) => IsUnpriced && (ofKey ?? Unpriced) == UnpricedPolicy.Ceiling && Ceiling is { } ceiling
        ? this with
        {
            IsUnpriced = false,
            InputPerMillion = Math.Max(InputPerMillion, ceiling.InputPerMillion),
            OutputPerMillion = Math.Max(OutputPerMillion, ceiling.OutputPerMillion),
            Bands = Bands is null ? null : [.. Bands.Select(band => band.OrMore(ceiling.InputPerMillion, ceiling.OutputPerMillion))],
        }
        : this;

    /// <summary>Null where a price is unknown. Rounded up: a reservation must not be short.</summary>
    public NanoUsd? WorstCase(long inputTokens, long outputTokens)
    {
        if (IsUnpriced || !IsKnown)
        {
            return null;
        }

        var (input, output) = (InputPerMillion, OutputPerMillion);
        foreach (var band in Bands ?? [])
        {
            if (inputTokens > band.AboveInputTokens)
            {
                (input, output) = (band.InputPerMillion, band.OutputPerMillion);
            }
        }

        var millionths = ((Int128)inputTokens * input) + ((Int128)outputTokens * output);
        var nanoUsd = (millionths + 999_999) / 1_000_000;
        return new NanoUsd(nanoUsd > long.MaxValue ? long.MaxValue : (long)nanoUsd);
    }

    /// <summary>The dearer of both for any length of input, as for two targets that a call may come to.</summary>
    public ModelQuote Or(ModelQuote other)
    {
        var starts = BandsOf(this).Concat(BandsOf(other)).Select(band => band.AboveInputTokens).Distinct().Order().ToList();
        return this with
        {
            IsKnown = IsKnown || other.IsKnown,
            UpstreamModel = UpstreamModel ?? other.UpstreamModel,
            IsUnpriced = IsUnpriced || other.IsUnpriced,
            Unpriced = other.Unpriced,
            Ceiling = Ceiling ?? other.Ceiling,
            InputPerMillion = Math.Max(InputPerMillion, other.InputPerMillion),
            OutputPerMillion = Math.Max(OutputPerMillion, other.OutputPerMillion),
            Bands = starts.Count == 0 ? null : [.. starts.Select(start => At(start).OrMore(other.At(start)))],
        };
    }

    private static IEnumerable<QuoteBand> BandsOf(ModelQuote quote) => quote.Bands ?? [];

    private QuoteBand At(long start)
    {
        var at = new QuoteBand(start, InputPerMillion, OutputPerMillion);
        foreach (var band in Bands ?? [])
        {
            at = band.AboveInputTokens <= start ? band with { AboveInputTokens = start } : at;
        }

        return at;
    }
}

/// <summary>Prices in nano-dollars for a million tokens, of a request whose input is longer than <paramref name="AboveInputTokens"/>.</summary>
public sealed record QuoteBand(long AboveInputTokens, long InputPerMillion, long OutputPerMillion)
{
    internal QuoteBand OrMore(QuoteBand other) => OrMore(other.InputPerMillion, other.OutputPerMillion);

    internal QuoteBand OrMore(long input, long output)
        => this with { InputPerMillion = Math.Max(InputPerMillion, input), OutputPerMillion = Math.Max(OutputPerMillion, output) };
}
