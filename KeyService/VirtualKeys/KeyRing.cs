using System.Collections.Concurrent;
using Gateway.Contracts.Keys;
using KeyService.Data;
using Microsoft.EntityFrameworkCore;

namespace KeyService.VirtualKeys;

/// <summary>
/// The keys that this process has seen, so that a call in steady state reads no database. A secret is looked up and verified once, its key
/// is read again after each change.
/// </summary>
internal sealed class KeyRing(IDbContextFactory<KeyDbContext> databases, KeyHasher hasher, ForeignKeys foreign, TimeProvider timeProvider)
{
    /// <summary>Enough for clients that keep trying a dead key; whoever makes up new ones pays one indexed look-up for each.</summary>
    private const int MaxUnknown = 10_000;

    private readonly ConcurrentDictionary<KeyDigest, VerifiedSecret> _secrets = new();
    private readonly ConcurrentDictionary<Guid, KnownKey> _keys = new();
    private readonly ConcurrentDictionary<KeyDigest, Lazy<Task<Opened?>>> _loading = new();
    private readonly HashSet<KeyDigest> _unknown = [];
    private readonly Lock _changes = new();
    private long _changeCount;

    /// <summary>The key that a secret opens, be it disabled or expired; null for a secret that opens none.</summary>
    public ValueTask<KnownKey?> FindAsync(string secret, CancellationToken cancellationToken)
    {
        var isOwn = VirtualKeySecret.IsWellFormed(secret);
        if (!isOwn && !VirtualKeySecret.MayBeForeign(secret))
        {
            return default;
        }

        var digest = KeyHash.Of(hasher, secret).Digest;
        return TryFind(digest, out var key) ? new ValueTask<KnownKey?>(key) : FindRareAsync(secret, digest, isOwn, cancellationToken);
    }

    public ValueTask<bool> HasForeignAsync(CancellationToken cancellationToken) => foreign.AnyAsync(cancellationToken);

    /// <summary>The key of a call that was admitted before; null when it has been deleted since.</summary>
    public async ValueTask<KnownKey?> FindByIdAsync(Guid keyId, CancellationToken cancellationToken)
    {
        if (_keys.TryGetValue(keyId, out var known))
        {
            return known;
        }

        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.VirtualKeys.AsNoTracking().Include(key => key.Project).SingleOrDefaultAsync(key => key.Id == keyId, cancellationToken)
            is { } row ? KnownKey.From(row) : null;
    }

    /// <summary>Limits, rules or the switch of a key were changed; acts on the very next call.</summary>
    public void KeyChanged(Guid keyId) => Change(() => _keys.TryRemove(keyId, out _));

    /// <summary>A key got a secret, or lost one.</summary>
    public void SecretsChanged(Guid keyId) => Change(() =>
    {
        _keys.TryRemove(keyId, out _);
        _unknown.Clear();
        foreign.Forget();
        foreach (var (digest, secret) in _secrets)
        {
            if (secret.KeyId == keyId)
            {
                _secrets.TryRemove(digest, out _);
            }
        }
    });

    public void ProjectChanged(Guid projectId) => Change(() =>
    {
        foreach (var (keyId, key) in _keys)
        {
            if (key.Project?.Id == projectId)
            {
                _keys.TryRemove(keyId, out _);
            }
        }
    });

    /// <summary>All of it may be out of date: another process was active until now.</summary>
    public void Forget() => Change(() =>
    {
        _keys.Clear();
        _secrets.Clear();
        _unknown.Clear();
        foreign.Forget();
    });

    /// <summary>What was read before a change is good for the calls that began before it, and for no other.</summary>
    private void Change(Action forget)
    {
        lock (_changes)
        {
            _changeCount++;
            _loading.Clear();
            forget();
        }
    }

    private bool TryFind(KeyDigest digest, out KnownKey? key)
    {
        if (_secrets.TryGetValue(digest, out var known) && _keys.TryGetValue(known.KeyId, out var row))
        {
            key = Open(digest, new Opened(known, row));
            return true;
        }

        key = null;
        return false;
    }

    /// <summary>At first sight; or a key of this form that was imported by its SHA-256, which is found under that.</summary>
    private async ValueTask<KnownKey?> FindRareAsync(string secret, KeyDigest digest, bool isOwn, CancellationToken cancellationToken)
    {
        var other = isOwn ? KeyHash.OfForeign(hasher, secret).Digest : digest;
        if (await foreign.ContainsAsync(other, cancellationToken))
        {
            return TryFind(other, out var key) ? key : await LoadSharedAsync(other, cancellationToken);
        }

        return isOwn ? await LoadSharedAsync(digest, cancellationToken) : null;
    }

    private KnownKey? Open(KeyDigest digest, Opened opened)
        => opened.Secret.Digest.FixedTimeEquals(digest)
            && (opened.Secret.ValidUntil is not { } end || end > timeProvider.GetUtcNow().UtcDateTime)
                ? opened.Key
                : null;

    /// <summary>Calls that bring the same new secret at once wait for one look-up.</summary>
    private async ValueTask<KnownKey?> LoadSharedAsync(KeyDigest digest, CancellationToken cancellationToken)
    {
        Lazy<Task<Opened?>> loading;
        lock (_changes)
        {
            if (_unknown.Contains(digest))
            {
                return null;
            }

            var changeCount = _changeCount;
            loading = _loading.GetOrAdd(digest, _ => new Lazy<Task<Opened?>>(() => Task.Run(() => LoadAsync(digest, changeCount))));
        }

        return await loading.Value.WaitAsync(cancellationToken) is { } opened ? Open(digest, opened) : null;
    }

    /// <summary>Belongs to no single call, so none of them can cancel it.</summary>
    private async Task<Opened?> LoadAsync(KeyDigest digest, long changeCount)
    {
        try
        {
            return await ReadAsync(digest, changeCount);
        }
        finally
        {
            _loading.TryRemove(digest, out _);
        }
    }

    private async Task<Opened?> ReadAsync(KeyDigest digest, long changeCount)
    {
        await using var database = await databases.CreateDbContextAsync();
        if (!_secrets.TryGetValue(digest, out var secret))
        {
            var bytes = digest.ToArray();
            var row = await database.KeySecrets.AsNoTracking().SingleOrDefaultAsync(row => row.Digest == bytes);
            if (row is null)
            {
                RememberUnknown(digest, changeCount);
                return null;
            }

            if (!await hasher.VerifyAsync(digest, row.BcryptHash, CancellationToken.None))
            {
                return null;
            }

            secret = new VerifiedSecret(KeyDigest.From(row.Digest), row.KeyId, row.ValidUntil);
        }

        var key = KnownKey.From(await database.VirtualKeys.AsNoTracking().Include(key => key.Project).SingleAsync(key => key.Id == secret.KeyId));
        lock (_changes)
        {
            if (changeCount == _changeCount)
            {
                _secrets[digest] = secret;
                _keys[key.Id] = key;
            }
        }

        return new Opened(secret, key);
    }

    private void RememberUnknown(KeyDigest digest, long changeCount)
    {
        lock (_changes)
        {
            if (changeCount == _changeCount)
            {
                if (_unknown.Count >= MaxUnknown)
                {
                    _unknown.Clear();
                }

                _unknown.Add(digest);
            }
        }
    }

    private sealed record VerifiedSecret(KeyDigest Digest, Guid KeyId, DateTime? ValidUntil);

    private sealed record Opened(VerifiedSecret Secret, KnownKey Key);
}
