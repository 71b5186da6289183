using System.Collections.Frozen;
using KeyService.Data;
using Microsoft.EntityFrameworkCore;

namespace KeyService.VirtualKeys;

/// <summary>
/// The digests of all secrets that were not made here. No checksum tells such a secret from nonsense, so they are all in memory: nonsense
/// costs a hash and no database.
/// </summary>
internal sealed class ForeignKeys(IDbContextFactory<KeyDbContext> databases)
{
    private readonly Lock _changes = new();
    private Task<FrozenSet<KeyDigest>>? _digests;

    public async ValueTask<bool> AnyAsync(CancellationToken cancellationToken) => (await ReadAsync(cancellationToken)).Count > 0;

    public async ValueTask<bool> ContainsAsync(KeyDigest digest, CancellationToken cancellationToken)
        => (await ReadAsync(cancellationToken)).Contains(digest);

    /// <summary>What was read before a change is good for the calls that began before it.</summary>
    public void Forget()
    {
        lock (_changes)
        {
            _digests = null;
        }
    }

    private Task<FrozenSet<KeyDigest>> ReadAsync(CancellationToken cancellationToken)
    {
        lock (_changes)
        {
            // Read again where the last try failed; it belongs to no single call, so none of them can cancel it.
            _digests = _digests is { IsFaulted: false } known ? known : Task.Run(LoadAsync, CancellationToken.None);
            return _digests.IsCompleted ? _digests : _digests.WaitAsync(cancellationToken);
        }
    }

    private async Task<FrozenSet<KeyDigest>> LoadAsync()
    {
        await using var database = await databases.CreateDbContextAsync();
        var digests = await database.KeySecrets.AsNoTracking().Where(secret => secret.IsForeign).Select(secret => secret.Digest).ToListAsync();
        return digests.Select(KeyDigest.From).ToFrozenSet();
    }
}
