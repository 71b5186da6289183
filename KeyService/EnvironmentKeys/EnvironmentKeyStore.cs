using Gateway.Contracts.Audit;
using Gateway.Contracts.Keys;
using KeyService.Data;
using KeyService.VirtualKeys;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Audit;
using ServiceDefaults.Ownership;
using ServiceDefaults.Settings;
using ServiceDefaults.Storage;

namespace KeyService.EnvironmentKeys;

/// <summary>
/// Keeps the keys of the environment in the database, as keys without limits that belong to it: so they have usage, logs and a ledger like any other.
/// One that the environment names no more is revoked; calls that were admitted with it go on to their end.
/// </summary>
internal sealed partial class EnvironmentKeyStore(
    IConfiguration configuration,
    ClientAuthenticationSetting authentication,
    IDbContextFactory<KeyDbContext> databases,
    VirtualKeyStore store,
    KeyHasher hasher,
    KeyRing ring,
    [FromKeyedServices("keys")] AuditChain chain,
    IServiceProvider services,
    TimeProvider timeProvider,
    ILogger<EnvironmentKeyStore> logger) : IDisposable
{
    private readonly SemaphoreSlim _oneAtATime = new(1);

    /// <summary>Reads the environment again, with its file, and makes the keys be as it says; nothing is changed where it cannot be read.</summary>
    /// <param name="cause">Who wants it: each key that is added or taken away has an entry of it in the audit log.</param>
    public async Task<(int Added, int Removed)> LoadAsync(AuditEvent cause, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            EnvFile.Reload(configuration);
            var wanted = EnvironmentKeyReader.Read(configuration).Concat(authentication.IsEnabled ? [] : [new EnvironmentKey(AnonymousKey.Name, AnonymousKey.Secret)])
                .Select(key => (Key: key, Digest: KeyHash.Of(hasher, key.Secret))).ToList();
            var known = await ReadAsync(cancellationToken);
            var removed = 0;
            foreach (var (digest, key) in known.Where(pair => !wanted.Exists(want => want.Digest.Digest == pair.Key)))
            {
                using var scope = Open(cause, "delete", key.Id);
                await store.RevokeAsync(key.Id, cancellationToken);
                removed++;
            }

            var added = 0;
            foreach (var (key, digest) in wanted)
            {
                if (!known.TryGetValue(digest.Digest, out var row))
                {
                    added += await AddAsync(cause, key, cancellationToken) ? 1 : 0;
                }
                else if (row.Name != key.Name)
                {
                    await RenameAsync(cause, row.Id, key.Name, cancellationToken);
                }
            }

            if (added + removed > 0)
            {
                LogLoaded(added, removed);
            }

            return (added, removed);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    private async Task<Dictionary<KeyDigest, (Guid Id, string Name)>> ReadAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await database.VirtualKeys.AsNoTracking()
            .Where(key => key.ManagedBy == Owners.Environment && key.RevokedAt == null)
            .Join(database.KeySecrets, key => key.Id, secret => secret.KeyId, (key, secret) => new { key.Id, key.Name, secret.Digest })
            .ToListAsync(cancellationToken);
        return rows.ToDictionary(row => KeyDigest.From(row.Digest), row => (row.Id, row.Name));
    }

    private async Task<bool> AddAsync(AuditEvent cause, EnvironmentKey key, CancellationToken cancellationToken)
    {
        using var scope = Open(cause, "create", id: null);
        var added = await store.AddAsync(new VirtualKey { Name = key.Name, ManagedBy = Owners.Environment }, key.Secret, cancellationToken);
        var isAdded = added.Value is not null;
        if (!isAdded)
        {
            LogTaken(key.Name);
        }

        return isAdded;
    }

    /// <summary>It stands in another place now.</summary>
    private async Task RenameAsync(AuditEvent cause, Guid id, string name, CancellationToken cancellationToken)
    {
        using var scope = Open(cause, "update", id);
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var row = await database.VirtualKeys.SingleAsync(key => key.Id == id, cancellationToken);
        row.Name = name;
        row.UpdatedAt = timeProvider.GetStoredNow();
        await database.SaveChangesAsync(cancellationToken);
        ring.KeyChanged(id);
    }

    private AuditScope Open(AuditEvent cause, string action, Guid? id)
        => AuditScope.Open(chain, VirtualKeyStore.Audited, cause with { Action = action, ResourceType = VirtualKeyStore.Audited.Type }, id, services);

    [LoggerMessage(LogLevel.Information, "Keys of the environment: {Added} added, {Removed} removed.")]
    private partial void LogLoaded(int added, int removed);

    [LoggerMessage(LogLevel.Warning, "The secret of '{Key}' of the environment is that of another key already, and stays that one's.")]
    private partial void LogTaken(string key);
}
