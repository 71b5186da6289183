using Gateway.Contracts.Keys;
using KeyService.Data;
using Microsoft.EntityFrameworkCore;

namespace KeyService.VirtualKeys;

/// <summary>The rows of the keys, and what must happen with each change of one.</summary>
internal sealed class VirtualKeyStore(
    IDbContextFactory<KeyDbContext> databases, KeyHasher hasher, KeyRing ring, TimeProvider timeProvider)
{
    public async Task<VirtualKey> AddAsync(string name, string secret, DateTime? expiresAt, CancellationToken cancellationToken)
    {
        var digest = hasher.Digest(secret);
        var now = timeProvider.GetUtcNow().UtcDateTime;
        var key = new VirtualKey
        {
            Name = name,
            Hint = VirtualKeySecret.Mask(secret),
            Digest = digest.ToArray(),
            BcryptHash = await hasher.HashAsync(digest, cancellationToken),
            ExpiresAt = expiresAt,
            CreatedAt = now,
            UpdatedAt = now,
        };
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        database.VirtualKeys.Add(key);
        await database.SaveChangesAsync(cancellationToken);
        return key;
    }

    public async Task<IReadOnlyList<VirtualKey>> ListAsync(string? name, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.VirtualKeys.AsNoTracking()
            .Where(key => name == null || key.Name == name)
            .OrderBy(key => key.Id)
            .ToListAsync(cancellationToken);
    }

    public async Task<VirtualKey?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.VirtualKeys.AsNoTracking().SingleOrDefaultAsync(key => key.Id == id, cancellationToken);
    }

    public async Task<VirtualKey?> SetEnabledAsync(Guid id, bool enabled, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.VirtualKeys.SingleOrDefaultAsync(key => key.Id == id, cancellationToken) is not { } key)
        {
            return null;
        }

        key.Enabled = enabled;
        key.UpdatedAt = timeProvider.GetUtcNow().UtcDateTime;
        await database.SaveChangesAsync(cancellationToken);
        ring.Forget(key);
        return key;
    }

    public async Task<bool> DeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.VirtualKeys.SingleOrDefaultAsync(key => key.Id == id, cancellationToken) is not { } key)
        {
            return false;
        }

        database.VirtualKeys.Remove(key);
        await database.SaveChangesAsync(cancellationToken);
        ring.Forget(key);
        return true;
    }
}
