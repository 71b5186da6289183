using System.Collections.Concurrent;
using Gateway.Contracts.Keys;
using Gateway.Edge.Pipeline;
using ServiceDefaults.Settings;

namespace Gateway.Edge.Admin;

/// <summary>
/// How often callers were known, of this process alone. Keys that are wrong are one key, however many there are; and of the right ones no
/// more than <see cref="MaxKeys"/> are told apart.
/// </summary>
internal sealed partial class AuthenticationCounts(ClientAuthenticationSetting setting, TimeProvider timeProvider, ILogger<AuthenticationCounts> logger)
{
    public const int MaxKeys = 1000;

    /// <summary>Lines about refused calls: anybody can make those.</summary>
    public const int MaxLines = 60;

    /// <summary>What all keys are called that were never right.</summary>
    private const string Unknown = "unknown";

    private readonly ConcurrentDictionary<string, KeyCounts> _keys = new(StringComparer.Ordinal);
    private readonly MinuteBound _lines = new(MaxLines, timeProvider);
    private KeyCounts _unknown = new();
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
        var name = ClientCredentials.Find(context.Request, setting.HeaderName) is { } secret ? Mask(secret) : AnonymousKey.Name;
        Find(name, isKnown)?.Add(isKnown, timeProvider.GetUtcNow().UtcDateTime);
        if (!isKnown && _lines.TryTake(out var untold))
        {
            LogRefused(AdminOrigin.SourceOf(context), AdminOrigin.ClientOf(context), untold);
        }
    }

    /// <summary>What may be shown of a key: enough for its owner to know it again, and of one that is very short nothing.</summary>
    public static string Mask(string secret) => secret.Length switch
    {
        <= 4 => "...",
        <= 8 => $"{secret[..2]}...{secret[^2..]}",
        _ => $"{secret[..4]}...{secret[^4..]}",
    };

    public void Reset()
    {
        Interlocked.Exchange(ref _succeeded, 0);
        Interlocked.Exchange(ref _failed, 0);
        _keys.Clear();
        Volatile.Write(ref _unknown, new KeyCounts());
    }

    public AuthenticationView ToView()
    {
        var (succeeded, failed) = (Interlocked.Read(ref _succeeded), Interlocked.Read(ref _failed));
        var keys = _keys.ToDictionary(key => key.Key, key => key.Value.ToView(), StringComparer.Ordinal);
        var active = keys.Count;
        if (Volatile.Read(ref _unknown).ToView() is { RequestsCount: > 0 } unknown)
        {
            keys[Unknown] = unknown;
        }

        return new AuthenticationView(ValidKeysCount: 0, succeeded + failed, succeeded, failed, Rate(succeeded, succeeded + failed), active, keys);
    }

    /// <summary>Only a key that was right once has numbers of its own.</summary>
    private KeyCounts? Find(string masked, bool isKnown)
        => _keys.TryGetValue(masked, out var known) ? known
            : !isKnown ? Volatile.Read(ref _unknown)
            : _keys.Count < MaxKeys ? _keys.GetOrAdd(masked, _ => new KeyCounts())
            : null;

    [LoggerMessage(LogLevel.Warning, "A call from {Source} ({Client}) was refused: it has no key, or a wrong one; {Untold} before it have no line of their own.")]
    private partial void LogRefused(string? source, string client, long untold);

    private static decimal Rate(long succeeded, long all) => all == 0 ? 0 : Math.Round(succeeded * 100m / all, 2);

    private sealed class KeyCounts
    {
        private readonly Lock _gate = new();
        private long _succeeded;
        private long _failed;
        private DateTime? _first;
        private DateTime _last;

        public void Add(bool isKnown, DateTime now)
        {
            lock (_gate)
            {
                (_succeeded, _failed) = isKnown ? (_succeeded + 1, _failed) : (_succeeded, _failed + 1);
                (_first, _last) = (_first ?? now, now);
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

/// <param name="ValidKeysCount">Keys that may call now: the ledger knows.</param>
/// <param name="SuccessRate">Per cent.</param>
/// <param name="ActiveKeys">Keys that were right once.</param>
/// <param name="KeysMetrics">By what may be shown of a key; all that were never right together.</param>
internal sealed record AuthenticationView(
    int ValidKeysCount,
    long TotalRequests,
    long TotalSuccess,
    long TotalErrors,
    decimal SuccessRate,
    int ActiveKeys,
    IReadOnlyDictionary<string, KeyView> KeysMetrics);

internal sealed record KeyView(long RequestsCount, long SuccessCount, long ErrorCount, DateTime? FirstRequest, DateTime LastRequest, decimal SuccessRate);
