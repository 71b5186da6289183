using System.Collections.Concurrent;
using Gateway.Contracts.Routing;

namespace RoutingService.Snapshots;

/// <summary>Quotes of one snapshot, each for a second: prices begin and end, and many calls ask for the same model.</summary>
internal sealed class QuoteCache
{
    private const int MaxKept = 4096;

    private readonly ConcurrentDictionary<(string Model, string? ServiceTier), Kept> _quotes = new();

    public ModelQuote? Find(string model, string? serviceTier, TimeProvider timeProvider)
        => _quotes.TryGetValue((model, serviceTier), out var kept) && timeProvider.GetElapsedTime(kept.Timestamp) < TimeSpan.FromSeconds(1) ? kept.Quote : null;

    public void Keep(string model, string? serviceTier, ModelQuote quote, TimeProvider timeProvider)
    {
        if (_quotes.Count >= MaxKept)
        {
            // Model names come from clients: made-up ones must not pile up.
            _quotes.Clear();
        }

        _quotes[(model, serviceTier)] = new Kept(quote, timeProvider.GetTimestamp());
    }

    private readonly record struct Kept(ModelQuote Quote, long Timestamp);
}
