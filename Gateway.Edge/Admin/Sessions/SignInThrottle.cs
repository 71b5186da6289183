using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Gateway.Contracts.Errors;
using ServiceDefaults.Settings;

namespace Gateway.Edge.Admin.Sessions;

/// <summary>
/// How often wrong admin keys are looked up. A source has a few tries a minute. A token that many sources try at is guessed at: then each of
/// them has one. Neither stops a token that was right before, so nobody can shut an administrator out.
/// </summary>
internal sealed class SignInThrottle(TimeProvider timeProvider)
{
    public const int MaxFailures = 60;

    /// <summary>What a list shows of a token names it.</summary>
    private const int NameLength = 15;

    private const int MaxTracked = 10_000;
    private const int MaxKnown = 1_000;

    /// <summary>All that come when there are too many to tell apart.</summary>
    private const string Others = "others";

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Failures> _sources = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Failures> _tokens = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);

    /// <summary>Throws when this is not to be looked up now.</summary>
    public void Check(HttpContext context, string secret)
    {
        if (_known.ContainsKey(DigestOf(secret)))
        {
            return;
        }

        var source = SourceOf(context);
        TimeSpan? wait = null;
        lock (_lock)
        {
            if (Find(_sources, source) is { } failed)
            {
                wait = failed.Count >= MaxFailures ? RestOf(failed)
                    : NameOf(secret) is { } name && Find(_tokens, name) is { Count: >= MaxFailures } guessed ? RestOf(guessed)
                    : null;
            }
        }

        if (wait is { } retryAfter)
        {
            throw new GatewayErrorException(new GatewayError(
                GatewayErrorKind.RateLimited, "too_many_attempts", "Too many wrong admin keys came from your address. Wait before the next try.")
            {
                RetryAfter = retryAfter,
            });
        }
    }

    public void Failed(HttpContext context, string secret)
    {
        _known.TryRemove(DigestOf(secret), out _);
        lock (_lock)
        {
            Count(_sources, SourceOf(context));
            if (NameOf(secret) is { } name)
            {
                Count(_tokens, name);
            }
        }
    }

    public void Succeeded(string secret)
    {
        if (_known.Count >= MaxKnown)
        {
            _known.Clear();
        }

        _known.TryAdd(DigestOf(secret), true);
    }

    private Failures? Find(Dictionary<string, Failures> all, string name)
    {
        var found = all.GetValueOrDefault(name) ?? (all.Count >= MaxTracked ? all.GetValueOrDefault(Others) : null);
        return found is not null && timeProvider.GetElapsedTime(found.Since) < Window ? found : null;
    }

    private void Count(Dictionary<string, Failures> all, string name)
    {
        if (Find(all, name) is { } found)
        {
            found.Count++;
            return;
        }

        if (all.Count >= MaxTracked)
        {
            foreach (var (old, failures) in all)
            {
                if (timeProvider.GetElapsedTime(failures.Since) >= Window)
                {
                    all.Remove(old);
                }
            }
        }

        all[all.Count >= MaxTracked && !all.ContainsKey(name) ? Others : name] = new Failures(timeProvider.GetTimestamp()) { Count = 1 };
    }

    private TimeSpan RestOf(Failures failures) => Window - timeProvider.GetElapsedTime(failures.Since);

    private static string? NameOf(string secret)
        => secret.StartsWith(AdminKeySetting.Prefix, StringComparison.Ordinal) && secret.Length >= NameLength ? secret[..NameLength] : null;

    private static string DigestOf(string secret) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>A host has a whole network of IPv6 addresses.</summary>
    private static string SourceOf(HttpContext context) => context.Connection.RemoteIpAddress switch
    {
        null => "none",
        { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } address => new IPAddress([.. address.GetAddressBytes().AsSpan(0, 8), .. new byte[8]]).ToString(),
        var address => address.ToString(),
    };

    private sealed class Failures(long since)
    {
        public long Since => since;

        public int Count { get; set; }
    }
}
