using System.Data.Common;
using Gateway.Contracts.Audit;
using Gateway.Contracts.Keys;
using KeyService.Data;
using KeyService.VirtualKeys;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Audit;
using ServiceDefaults.Storage;

namespace KeyService.Admins;

/// <summary>Who has which token, and the configured one among them.</summary>
internal sealed partial class AdminTokens(
    IDbContextFactory<KeyDbContext> databases,
    KeyHasher hasher,
    [FromKeyedServices("keys")] AuditChain chain,
    IServiceProvider services,
    TimeProvider timeProvider,
    ILogger<AdminTokens> logger)
{
    public const string Bootstrap = "bootstrap";

    private static readonly TimeSpan UseStep = TimeSpan.FromMinutes(1);

    public async Task<AdminIdentity?> FindAsync(string secret, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(database, secret, cancellationToken) is not { } admin)
        {
            return null;
        }

        await TouchAsync(database, admin, cancellationToken);
        return admin.ToIdentity();
    }

    /// <summary>Null for a token that opens nothing, whatever the reason.</summary>
    public async Task<Admin?> FindAsync(KeyDbContext database, string secret, CancellationToken cancellationToken)
    {
        var digest = hasher.Digest(secret);
        var bytes = digest.ToArray();
        var admin = await database.Admins.AsNoTracking().SingleOrDefaultAsync(row => row.Digest == bytes, cancellationToken);
        return admin is { Digest: { } stored } && KeyDigest.From(stored).FixedTimeEquals(digest) && admin.IsActive(timeProvider.GetUtcNow().UtcDateTime)
            ? admin
            : null;
    }

    /// <summary>Notes that it was used, once in a while; where that cannot be written, it is used all the same.</summary>
    public async Task TouchAsync(KeyDbContext database, Admin admin, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetStoredNow();
        if (now - admin.LastUsedAt < UseStep)
        {
            return;
        }

        try
        {
            using var pause = AuditScope.Suspend();
            await database.Admins.Where(row => row.Id == admin.Id).ExecuteUpdateAsync(update => update.SetProperty(row => row.LastUsedAt, now), cancellationToken);
        }
        catch (DbException exception)
        {
            LogUntouched(exception, admin.Name);
        }
    }

    /// <summary>The configured admin key takes the place of the one before it. One that was revoked stays so for as long as it is the configured one.</summary>
    public async Task SetBootstrapAsync(string secret, CancellationToken cancellationToken)
    {
        var digest = hasher.Digest(secret).ToArray();
        var now = timeProvider.GetStoredNow();
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var admin = await database.Admins.SingleOrDefaultAsync(row => row.Source == AdminSource.Bootstrap, cancellationToken);
        if (admin?.Digest?.AsSpan().SequenceEqual(digest) == true)
        {
            return;
        }

        var happens = new AuditEvent { Actor = AuditEvent.Internal, Action = admin is null ? "create" : "rotate", ResourceType = AdminStore.Audited.Type };
        using var scope = AuditScope.Open(chain, AdminStore.Audited, happens, admin?.Id, services);
        if (admin is null)
        {
            database.Admins.Add(new Admin
            {
                Name = Bootstrap, Source = AdminSource.Bootstrap, Role = AdminRole.Owner, Digest = digest, CreatedAt = now, UpdatedAt = now,
            });
        }
        else
        {
            admin.Digest = digest;
            admin.Enabled = true;
            admin.RevokedAt = null;
            admin.CreatedAt = admin.UpdatedAt = now;
            database.AdminSessions.RemoveRange(await database.AdminSessions.Where(session => session.AdminId == admin.Id).ToListAsync(cancellationToken));
        }

        await database.SaveChangesAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "That administrator {Name} was here could not be written.")]
    private partial void LogUntouched(Exception exception, string name);
}
