using System.Buffers.Text;
using System.Security.Cryptography;
using Gateway.Contracts.Audit;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using KeyService.Data;
using KeyService.VirtualKeys;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults.Audit;
using ServiceDefaults.Storage;

namespace KeyService.Admins;

/// <summary>Sessions by the keyed digests of their secrets: several Edges see the same ones, and a restart ends none.</summary>
internal sealed class AdminSessions(
    IDbContextFactory<KeyDbContext> databases,
    KeyHasher hasher,
    AdminTokens tokens,
    [FromKeyedServices("keys")] AuditChain chain,
    IServiceProvider services,
    IOptions<AdminSessionOptions> options,
    TimeProvider timeProvider) : IAdminSessions
{
    private const string Prefix = "gw-session-";

    /// <summary>The oldest sign-in gives way to the next.</summary>
    private const int MaxOfOne = 20;

    public async Task<AdminSession?> SignInAsync(SignIn signIn, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (signIn.External is { } external)
        {
            return await SignInAsync(database, external, signIn.From, cancellationToken);
        }

        return signIn.Secret is { } secret && await tokens.FindAsync(database, secret, cancellationToken) is { } admin
            ? await OpenAsync(database, admin, isNew: false, signIn.From, cancellationToken)
            : null;
    }

    public async Task<AdminSession?> FindAsync(string secret, CancellationToken cancellationToken)
    {
        if (!secret.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var digest = hasher.Digest(secret);
        var bytes = digest.ToArray();
        var now = timeProvider.GetUtcNow().UtcDateTime;
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var session = await database.AdminSessions.AsNoTracking().Include(row => row.Admin).SingleOrDefaultAsync(row => row.Digest == bytes, cancellationToken);
        if (session is not { Admin: { } admin } || !KeyDigest.From(session.Digest).FixedTimeEquals(digest) || session.ExpiresAt <= now || !admin.IsActive(now))
        {
            return null;
        }

        await tokens.TouchAsync(database, admin, cancellationToken);
        return new AdminSession(admin.ToIdentity(), EndOf(session.ExpiresAt, admin));
    }

    public async Task SignOutAsync(SignOut signOut, CancellationToken cancellationToken)
    {
        var digest = hasher.Digest(signOut.Secret).ToArray();
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.AdminSessions.Include(row => row.Admin).SingleOrDefaultAsync(row => row.Digest == digest, cancellationToken) is { } session)
        {
            using var scope = Open("sign-out", session.Admin!, isNew: false, signOut.From);
            database.AdminSessions.Remove(session);
            await SaveAsync(database, cancellationToken);
        }
    }

    private async Task<AdminSession?> SignInAsync(
        KeyDbContext database, ExternalAdmin external, AdminOriginFacts from, CancellationToken cancellationToken)
    {
        var subject = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(external.Subject)));
        var now = timeProvider.GetStoredNow();
        var admin = await database.Admins.SingleOrDefaultAsync(row => row.Subject == subject, cancellationToken);
        var isNew = admin is null;
        if (admin is null)
        {
            admin = new Admin { Name = "", Source = AdminSource.Oidc, Subject = subject, CreatedAt = now };
            database.Admins.Add(admin);
        }
        else if (!admin.IsActive(now))
        {
            return null;
        }

        var name = external.Name.Length <= Admin.MaxNameLength - 12 ? external.Name : external.Name[..(Admin.MaxNameLength - 12)];
        var isTaken = name == AdminTokens.Bootstrap || await database.Admins.AnyAsync(row => row.Name == name && row.Id != admin.Id, cancellationToken);
        admin.Name = isTaken ? $"{name} ({subject[..8]})" : name;
        admin.Role = external.Role;
        admin.ProjectId = external.Role == AdminRole.Project ? external.ProjectId : null;
        admin.UpdatedAt = now;
        return await OpenAsync(database, admin, isNew, from, cancellationToken);
    }

    private async Task<AdminSession> OpenAsync(
        KeyDbContext database, Admin admin, bool isNew, AdminOriginFacts from, CancellationToken cancellationToken)
    {
        var secret = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var now = timeProvider.GetStoredNow();
        var session = new AdminSessionRow
        {
            Digest = hasher.Digest(secret).ToArray(),
            AdminId = admin.Id,
            CreatedAt = now,
            ExpiresAt = now + TimeSpan.FromMinutes(options.Value.LifetimeMinutes),
        };
        var earlier = await database.AdminSessions.Where(row => row.AdminId == admin.Id).OrderByDescending(row => row.CreatedAt).ToListAsync(cancellationToken);
        using var scope = Open("sign-in", admin, isNew, from);
        database.AdminSessions.RemoveRange(earlier.Where((row, index) => row.ExpiresAt <= now || index >= MaxOfOne - 1));
        database.AdminSessions.Add(session);
        await SaveAsync(database, cancellationToken);
        return new AdminSession(admin.ToIdentity(), EndOf(session.ExpiresAt, admin), secret);
    }

    private static DateTime EndOf(DateTime sessionEnd, Admin admin) => admin.ExpiresAt < sessionEnd ? admin.ExpiresAt.Value : sessionEnd;

    private AuditScope Open(string action, Admin admin, bool isNew, AdminOriginFacts from) => AuditScope.Open(
        chain,
        AdminStore.Audited,
        new AuditEvent
        {
            Actor = admin.Name,
            ActorKey = admin.ToIdentity().Fingerprint,
            Source = from.Source,
            Client = from.Client,
            RequestId = from.RequestId,
            Action = action,
            ResourceType = AdminStore.Audited.Type,
            StatusCode = action == "sign-in" ? StatusCodes.Status200OK : StatusCodes.Status204NoContent,
        },
        isNew ? null : admin.Id,
        services);

    private static async Task SaveAsync(KeyDbContext database, CancellationToken cancellationToken)
    {
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (AuditUnavailableException exception)
        {
            throw new GatewayErrorException(GatewayError.Unavailable("The audit log cannot be written, and nobody signs in or out without it."), exception);
        }
        catch (DbUpdateException exception) when (exception.IsConstraintViolation())
        {
            throw new GatewayErrorException(GatewayError.Unavailable("The administrator was changed by somebody else at the same moment. Try again."), exception);
        }
    }
}
