using System.Collections.Concurrent;
using Gateway.Contracts.Keys;
using KeyService.Data;
using Microsoft.EntityFrameworkCore;

namespace KeyService.VirtualKeys;

/// <summary>The keys that this process has seen, so that a call in steady state reads no database.</summary>
internal sealed class KeyRing(IDbContextFactory<KeyDbContext> databases, KeyHasher hasher, TimeProvider timeProvider)
{
    private readonly ConcurrentDictionary<KeyDigest, KnownKey> _known = new();
    private readonly Lock _changes = new();
    private long _changeCount;

    /// <summary>The key that a secret opens; null for an unknown, disabled or expired one.</summary>
    public async ValueTask<KeyIdentity?> FindAsync(string secret, CancellationToken cancellationToken)
    {
        if (!VirtualKeySecret.IsWellFormed(secret))
        {
            return null;
        }

        var digest = hasher.Digest(secret);
        if (!_known.TryGetValue(digest, out var key) || !key.Digest.FixedTimeEquals(digest))
        {
            key = await LoadAsync(digest, cancellationToken);
        }

        return key is { Enabled: true } && (key.ExpiresAt is not { } expiry || expiry > timeProvider.GetUtcNow().UtcDateTime) ? key.Identity : null;
    }

    /// <summary>Called after each change, so that it acts on the very next call.</summary>
    public void Forget(VirtualKey key)
    {
        lock (_changes)
        {
            _changeCount++;
            _known.TryRemove(KeyDigest.From(key.Digest), out _);
        }
    }

    private async Task<KnownKey?> LoadAsync(KeyDigest digest, CancellationToken cancellationToken)
    {
        var changeCount = Volatile.Read(ref _changeCount);
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var bytes = digest.ToArray();
        var row = await database.VirtualKeys.AsNoTracking().SingleOrDefaultAsync(key => key.Digest == bytes, cancellationToken);
        if (row is null || !await hasher.VerifyAsync(digest, row.BcryptHash, cancellationToken))
        {
            return null;
        }

        var key = new KnownKey(digest, new KeyIdentity(row.Id, row.Name), row.Enabled, row.ExpiresAt);
        lock (_changes)
        {
            // What was read before a change is good for this call, which began before it, and for no other.
            if (changeCount == _changeCount)
            {
                _known[digest] = key;
            }
        }

        return key;
    }

    private sealed record KnownKey(KeyDigest Digest, KeyIdentity Identity, bool Enabled, DateTime? ExpiresAt);
}
