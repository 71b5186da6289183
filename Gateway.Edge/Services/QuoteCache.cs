using System.Collections.Concurrent;
using Gateway.Contracts.Routing;

namespace Gateway.Edge.Services;

/// <summary>Quotes of the models in use, so that a call asks for its price seldom. A changed price holds within seconds.</summary>
internal sealed class QuoteCache(Func<string, CancellationToken, Task<ModelQuote>> ask, TimeProvider timeProvider)
{
    private const int MaxModels = 1000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, (ModelQuote Quote, long Timestamp)> _quotes = new(StringComparer.Ordinal);

    public ValueTask<ModelQuote> GetAsync(string model, CancellationToken cancellationToken)
        => _quotes.TryGetValue(model, out var cached) && timeProvider.GetElapsedTime(cached.Timestamp) < Lifetime
            ? ValueTask.FromResult(cached.Quote)
            : new ValueTask<ModelQuote>(AskAsync(model, cancellationToken));

    private async Task<ModelQuote> AskAsync(string model, CancellationToken cancellationToken)
    {
        var quote = await ask(model, cancellationToken);
        if (_quotes.Count >= MaxModels)
        {
            // Model names come from clients: made-up ones must not pile up.
            _quotes.Clear();
        }

        _quotes[model] = (quote, timeProvider.GetTimestamp());
        return quote;
    }
}
