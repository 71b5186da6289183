using System.Collections.Concurrent;
using Gateway.Contracts.Routing;

namespace Gateway.Edge.Services;

/// <summary>Quotes of the models in use, so that a call asks for its price seldom. A changed price holds within seconds.</summary>
internal sealed class QuoteCache(Func<QuoteQuery, CancellationToken, Task<ModelQuote>> ask, TimeProvider timeProvider)
{
    private const int MaxModels = 1000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<QuoteQuery, (ModelQuote Quote, long Timestamp)> _quotes = new();

    public ValueTask<ModelQuote> GetAsync(QuoteQuery query, CancellationToken cancellationToken)
        => _quotes.TryGetValue(query, out var cached) && timeProvider.GetElapsedTime(cached.Timestamp) < Lifetime
            ? ValueTask.FromResult(cached.Quote)
            : new ValueTask<ModelQuote>(AskAsync(query, cancellationToken));

    private async Task<ModelQuote> AskAsync(QuoteQuery query, CancellationToken cancellationToken)
    {
        var quote = await ask(query, cancellationToken);
        if (_quotes.Count >= MaxModels)
        {
            // Model names come from clients: made-up ones must not pile up.
            _quotes.Clear();
        }

        _quotes[query] = (quote, timeProvider.GetTimestamp());
        return quote;
    }
}
