using System.Collections.Concurrent;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;

namespace Gateway.Edge.Limits;

/// <summary>
/// How many tokens a request has. Counting them costs time, so it is done for keys with a token limit or a budget, which the ledger tells
/// with a key's first lease; for the others four bytes of text are a token.
/// </summary>
internal sealed class TokenCounts
{
    private const int MaxKeys = 100_000;

    /// <summary>Counting more would hold up the call; and text that was made to be slow is no reason to.</summary>
    private const int MostCountedBytes = 1024 * 1024;

    private readonly ConcurrentDictionary<string, bool> _counted = new(StringComparer.Ordinal);

    public long Estimate(string secret, RequestFacts facts, ModelQuote quote, ReadOnlyMemory<byte> body)
        => _counted.ContainsKey(secret) && body.Length <= MostCountedBytes
            ? Gateway.Llm.Tokens.TokenEstimate.ForChat(body.Span, quote.UpstreamModel ?? facts.Model)
            : Heuristic(facts);

    public void Remember(string secret, Lease lease)
    {
        if (!lease.CountTokens)
        {
            _counted.TryRemove(secret, out _);
        }
        else if (!_counted.ContainsKey(secret) && _counted.Count < MaxKeys)
        {
            _counted.TryAdd(secret, true);
        }
    }

    private static long Heuristic(RequestFacts facts) => (facts.TextBytes + 3) / 4;
}
