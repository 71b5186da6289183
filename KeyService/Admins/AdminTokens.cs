using Gateway.Contracts.Keys;
using KeyService.Data;
using KeyService.VirtualKeys;
using Microsoft.EntityFrameworkCore;

namespace KeyService.Admins;

internal sealed class AdminTokens(IDbContextFactory<KeyDbContext> databases, KeyHasher hasher, TimeProvider timeProvider)
{
    private const string Bootstrap = "bootstrap";

    public async Task<AdminIdentity?> FindAsync(string secret, CancellationToken cancellationToken)
    {
        var digest = hasher.Digest(secret);
        var bytes = digest.ToArray();
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var token = await database.AdminTokens.AsNoTracking().SingleOrDefaultAsync(row => row.Digest == bytes, cancellationToken);
        return token is not null && KeyDigest.From(token.Digest).FixedTimeEquals(digest) ? new AdminIdentity(token.Id, token.Name) : null;
    }

    /// <summary>The configured admin key takes the place of the one before it.</summary>
    public async Task SetBootstrapAsync(string secret, CancellationToken cancellationToken)
    {
        var digest = hasher.Digest(secret).ToArray();
        var now = timeProvider.GetUtcNow().UtcDateTime;
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var token = await database.AdminTokens.SingleOrDefaultAsync(row => row.Name == Bootstrap, cancellationToken);
        if (token is null)
        {
            database.AdminTokens.Add(new AdminToken { Name = Bootstrap, Digest = digest, CreatedAt = now });
        }
        else if (!token.Digest.AsSpan().SequenceEqual(digest))
        {
            token.Digest = digest;
            token.CreatedAt = now;
        }

        await database.SaveChangesAsync(cancellationToken);
    }
}
