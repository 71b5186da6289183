using Gateway.Contracts.Audit;
using Gateway.Contracts.Keys;
using KeyService.Data;
using KeyService.VirtualKeys;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Audit;

namespace KeyService.Admins;

internal sealed class AdminTokens(
    IDbContextFactory<KeyDbContext> databases,
    KeyHasher hasher,
    [FromKeyedServices("keys")] AuditChain chain,
    IServiceProvider services,
    TimeProvider timeProvider)
{
    private const string Bootstrap = "bootstrap";
    private const int FingerprintLength = 4;

    private static readonly AuditedResource Audited = new AuditedResource<KeyDbContext, AdminToken>("admin", ShowAsync);

    public async Task<AdminIdentity?> FindAsync(string secret, CancellationToken cancellationToken)
    {
        var digest = hasher.Digest(secret);
        var bytes = digest.ToArray();
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var token = await database.AdminTokens.AsNoTracking().SingleOrDefaultAsync(row => row.Digest == bytes, cancellationToken);
        return token is not null && KeyDigest.From(token.Digest).FixedTimeEquals(digest) 
            ? new AdminIdentity(token.Id, token.Name, Convert.ToHexStringLower(token.Digest, 0, FingerprintLength)) { Role = AdminRole.Owner }
            : null;
    }

    /// <summary>The configured admin key takes the place of the one before it.</summary>
    public async Task SetBootstrapAsync(string secret, CancellationToken cancellationToken)
    {
        var digest = hasher.Digest(secret).ToArray();
        var now = timeProvider.GetUtcNow().UtcDateTime;
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var token = await database.AdminTokens.SingleOrDefaultAsync(row => row.Name == Bootstrap, cancellationToken);
        if (token?.Digest.AsSpan().SequenceEqual(digest) == true)
        {
            return;
        }

        var happens = new AuditEvent { Actor = AuditEvent.Internal, Action = token is null ? "create" : "rotate", ResourceType = Audited.Type };
        using var scope = AuditScope.Open(chain, Audited, happens, token?.Id, services);
        if (token is null)
        {
            database.AdminTokens.Add(new AdminToken { Name = Bootstrap, Digest = digest, CreatedAt = now });
        }
        else
        {
            token.Digest = digest;
            token.CreatedAt = now;
        }

        await database.SaveChangesAsync(cancellationToken);
    }

    private static async Task<AuditedState?> ShowAsync(IServiceProvider services, KeyDbContext database, Guid id, CancellationToken cancellationToken)
        => await database.AdminTokens.AsNoTracking().SingleOrDefaultAsync(token => token.Id == id, cancellationToken) is { } token
            ? new AuditedState(new AdminView(token.Name), ("key", token.Digest))
            : null;

    private sealed record AdminView(string Name);
}
