using System.Numerics;

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

    public long InputPerMillion { get; init; }

    public long OutputPerMillion { get; init; }

    /// <summary>Null where a price is unknown. Rounded up: a reservation must not be short.</summary>
    public NanoUsd? WorstCase(long inputTokens, long outputTokens)
    {
        if (IsUnpriced || !IsKnown)
        {
            return null;
        }

        var millionths = ((BigInteger)inputTokens * InputPerMillion) + ((BigInteger)outputTokens * OutputPerMillion);
        var nanoUsd = (millionths + 999_999) / 1_000_000;
        return new NanoUsd(nanoUsd > long.MaxValue ? long.MaxValue : (long)nanoUsd);
    }
}
