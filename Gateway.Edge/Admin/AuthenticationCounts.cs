using System.Collections.Concurrent;
using Gateway.Contracts.Keys;
using Gateway.Edge.Pipeline;

namespace Gateway.Edge.Admin;

/// <summary>
/// How often callers were known, of this process alone. Keys that are wrong are one number, however many there are; and of the right ones no
/// more than <see cref="MaxKeys"/> are told apart.
/// </summary>
internal sealed class AuthenticationCounts(TimeProvider timeProvider)
{
    public const int MaxKeys = 1000;

    private readonly ConcurrentDictionary<string, KeyCount> _keys = new(StringComparer.Ordinal);
    private long _succeeded;
    private long _failed;

    /// <summary>To be called when it is known how the call ended: the pipeline says whose it was, if it came to that.</summary>
    public void Count(HttpContext context)
    {
        var isKnown = context.Features.Get<KeyIdentity>() is not null;
        if (!isKnown && context.Response.StatusCode != StatusCodes.Status401Unauthorized)
        {
            return;
        }

        Interlocked.Increment(ref isKnown ? ref _succeeded : ref _failed);
        var secret = context.Request.Headers.Authorization.Count <= 1 && context.Request.Headers["x-api-key"].Count <= 1 ? ClientCredentials.Find(context.Request) : null;
        if (secret is not null && Find(VirtualKeySecret.Mask(secret), isKnown) is { } key)
        {
            key.Add(isKnown, timeProvider.GetUtcNow().UtcDateTime);
        }
    }

    public AuthenticationView ToView()
    {
        var (succeeded, failed) = (Interlocked.Read(ref _succeeded), Interlocked.Read(ref _failed));
        var keys = _keys.ToDictionary(key => key.Key, key => key.Value.ToView(), StringComparer.Ordinal);
        return new AuthenticationView(
            _keys.Count(key => key.Value.IsValid), succeeded + failed, succeeded, failed, Rate(succeeded, succeeded + failed), keys.Count, keys);
    }

    /// <summary>Only a key that was right once has numbers of its own.</summary>
    private KeyCount? Find(string masked, bool isKnown)
        => _keys.TryGetValue(masked, out var known) ? known : isKnown && _keys.Count < MaxKeys ? _keys.GetOrAdd(masked, _ => new KeyCount()) : null;

    private static decimal Rate(long succeeded, long all) => all == 0 ? 0 : Math.Round(succeeded * 100m / all, 2);

    private sealed class KeyCount
    {
        private readonly Lock _gate = new();
        private long _succeeded;
        private long _failed;
        private DateTime? _first;
        private DateTime _last;

        /// <summary>It was right when it came last.</summary>
        public bool IsValid { get; private set; }

        public void Add(bool isKnown, DateTime now)
        {
            lock (_gate)
            {
                (_succeeded, _failed) = isKnown ? (_succeeded + 1, _failed) : (_succeeded, _failed + 1);
                (_first, _last, IsValid) = (_first ?? now, now, isKnown);
            }
        }

        public KeyView ToView()
        {
            lock (_gate)
            {
                return new KeyView(_succeeded + _failed, _succeeded, _failed, _first, _last, Rate(_succeeded, _succeeded + _failed));
            }
        }
    }
}

/// <param name="ValidKeysCount">Keys that were right when they came last.</param>
/// <param name="SuccessRate">Per cent.</param>
/// <param name="KeysMetrics">By what may be shown of a key.</param>
internal sealed record AuthenticationView(
    int ValidKeysCount,
    long TotalRequests,
    long TotalSuccess,
    long TotalErrors,
    decimal SuccessRate,
    int ActiveKeys,
    IReadOnlyDictionary<string, KeyView> KeysMetrics);

internal sealed record KeyView(long RequestsCount, long SuccessCount, long ErrorCount, DateTime? FirstRequest, DateTime LastRequest, decimal SuccessRate);
