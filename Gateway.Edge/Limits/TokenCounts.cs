using System.Collections.Concurrent;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;

namespace Gateway.Edge.Limits;

/// <summary>
/// How many tokens a request has. Counting them costs more than all else for a long prompt, so it is done where it may decide something: for keys with
/// a token limit or a budget that is not far away, as the ledger tells with each lease. For the others four bytes of text are a token; what
/// they used is settled by what the provider says in both cases.
/// </summary>
internal sealed class TokenCounts(TimeProvider timeProvider)
{
    private const int MaxKeys = 100_000;

    /// <summary>Counting more would hold up the call; and text that was made to be slow is no reason to.</summary>
    private const int MostCountedBytes = 1024 * 1024;

    /// <summary>A limit is far away while so many of such calls would not reach it.</summary>
    private const int FarCalls = 20;

    /// <summary>Of a short request: pictures and files that it names may be as much.</summary>
    private const int LeastAssumedTokens = 100_000;

    /// <summary>Others may use the same limit up meanwhile.</summary>
    private static readonly TimeSpan RoomIsKnownFor = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Room> _counted = new(StringComparer.Ordinal);

    public long Estimate(string secret, RequestFacts facts, ModelQuote quote, ReadOnlyMemory<byte> body)
        => _counted.TryGetValue(secret, out var room) && body.Length <= MostCountedBytes && !IsFar(room, facts, quote, body.Length)
            ? Gateway.Llm.Tokens.TokenEstimate.ForChat(body.Span, quote.UpstreamModel ?? facts.Model)
            : Heuristic(facts);

    public void Remember(string secret, Lease lease)
    {
        if (!lease.CountTokens)
        {
            _counted.TryRemove(secret, out _);
        }
        else if (_counted.TryGetValue(secret, out var room) || (_counted.Count < MaxKeys && _counted.TryAdd(secret, room = new Room())))
        {
            room.Take(lease.Limits, timeProvider.GetTimestamp());
        }
    }

    private static long Heuristic(RequestFacts facts) => (facts.TextBytes + 3) / 4;

    /// <summary>No text has more tokens than bytes.</summary>
    private bool IsFar(Room room, RequestFacts facts, ModelQuote quote, int bytes)
    {
        var input = Math.Max(bytes, LeastAssumedTokens);
        var output = (facts.MaxOutputTokens ?? LeastAssumedTokens) * facts.Choices;
        return room.Tokens / FarCalls >= input + output
            && (room.Budget == long.MaxValue || (quote.WorstCase(input, output) is { } cost && room.Budget / FarCalls >= cost.Value))
            && timeProvider.GetElapsedTime(room.Timestamp) < RoomIsKnownFor;
    }

    /// <summary>What a key's last lease left of its limits; of one that it has not got, everything.</summary>
    private sealed class Room
    {
        private long _tokens;
        private long _budget;
        private long _timestamp;

        public long Tokens => Volatile.Read(ref _tokens);

        public long Budget => Volatile.Read(ref _budget);

        public long Timestamp => Volatile.Read(ref _timestamp);

        public void Take(IReadOnlyList<LimitState> limits, long timestamp)
        {
            var (tokens, budget) = (long.MaxValue, long.MaxValue);
            foreach (var limit in limits)
            {
                switch (limit.Kind)
                {
                    case LimitKind.TokensPerMinute or LimitKind.TokensPerDay:
                        tokens = Math.Min(tokens, limit.Remaining);
                        break;
                    case LimitKind.Budget:
                        budget = limit.Remaining;
                        break;
                }
            }

            Volatile.Write(ref _tokens, tokens);
            Volatile.Write(ref _budget, budget);
            Volatile.Write(ref _timestamp, timestamp);
        }
    }
}
