using Gateway.Contracts.Keys;
using KeyService.Data;
using KeyService.VirtualKeys;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Audit;
using ServiceDefaults.Http;
using ServiceDefaults.Settings;
using ServiceDefaults.Storage;

namespace KeyService.Admins;

/// <summary>The administrators. There is always an owner who can sign in.</summary>
internal sealed class AdminStore(IDbContextFactory<KeyDbContext> databases, KeyHasher hasher, TimeProvider timeProvider)
{
    /// <summary>What a list shows of a token: fewer characters than anyone could use.</summary>
    private const int PrefixLength = 15;

    public static AuditedResource Audited { get; } = new AuditedResource<KeyDbContext, Admin>("admin", ShowAsync);

    public async Task<Outcome<AdminView>> AddAsync(Admin admin, FieldReader fields, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await CheckProjectAsync(database, admin, fields, cancellationToken);
        if (fields.Problem() is { } problem)
        {
            return problem;
        }

        var token = Issue(admin);
        admin.CreatedAt = admin.UpdatedAt = timeProvider.GetStoredNow();
        database.Admins.Add(admin);
        return await TrySaveAsync(database, cancellationToken) ? Show(admin) with { Token = token } : NameTaken(admin);
    }

    public async Task<Page<AdminView>> ListAsync(AdminRole? role, bool? enabled, int limit, int offset, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var admins = database.Admins.AsNoTracking().Where(admin => (role == null || admin.Role == role) && (enabled == null || admin.Enabled == enabled));
        var total = await admins.LongCountAsync(cancellationToken);
        var page = await admins.OrderBy(admin => admin.Id).Skip(offset).Take(limit).ToListAsync(cancellationToken);
        return new Page<AdminView>([.. page.Select(Show)], total, limit, offset);
    }

    public async Task<Outcome<AdminView>> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Admins.AsNoTracking().SingleOrDefaultAsync(admin => admin.Id == id, cancellationToken) is { } admin ? Show(admin) : NotFound(id);
    }

    public Task<Outcome<AdminView>> UpdateAsync(Guid id, FieldReader fields, CancellationToken cancellationToken)
        => ChangeAsync(id, async (database, admin) =>
        {
            var project = admin.ProjectId;
            AdminFields.Read(fields, admin);
            if (admin.ProjectId != project)
            {
                await CheckProjectAsync(database, admin, fields, cancellationToken);
            }

            return fields.Problem() is { } problem ? problem : Show(admin);
        }, cancellationToken);

    /// <summary>A new token; the one before it ends at once, and whoever signed in with it is signed out.</summary>
    public async Task<Outcome<AdminView>> RotateAsync(Guid id, CancellationToken cancellationToken)
    {
        var token = "";
        var rotated = await ChangeAsync(id, async (database, admin) =>
        {
            if (admin.Source != AdminSource.Token)
            {
                return AdminProblem.Conflict(admin.Source == AdminSource.Bootstrap
                    ? "The key of the settings is changed in the settings."
                    : "Who signs in at an identity provider has no token.");
            }

            token = Issue(admin);
            await SignOutAsync(database, id, cancellationToken);
            return Show(admin);
        }, cancellationToken);
        return rotated.Map(view => view with { Token = token });
    }

    /// <summary>The row of the configured key stays, so that the same key opens nothing after the next start either.</summary>
    public Task<Outcome<AdminView>> DeleteAsync(Guid id, CancellationToken cancellationToken)
        => ChangeAsync(id, async (database, admin) =>
        {
            await SignOutAsync(database, id, cancellationToken);
            if (admin.Source == AdminSource.Bootstrap)
            {
                admin.RevokedAt = timeProvider.GetStoredNow();
            }
            else
            {
                database.Admins.Remove(admin);
            }

            return Show(admin);
        }, cancellationToken);

    /// <summary>
    /// One change after the other: the entry in the audit log, which comes with the save, locks the others out. Only then is it certain
    /// that an owner is left.
    /// </summary>
    private async Task<Outcome<AdminView>> ChangeAsync(
        Guid id, Func<KeyDbContext, Admin, Task<Outcome<AdminView>>> change, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        if (await database.Admins.SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is not { } admin)
        {
            return NotFound(id);
        }

        if (admin.RevokedAt is not null)
        {
            return AdminProblem.Conflict("The configured key was revoked, and stays so: another one in the settings takes its place.");
        }

        if (await change(database, admin) is { Problem: { } problem })
        {
            return problem;
        }

        admin.UpdatedAt = timeProvider.GetStoredNow();
        if (!await TrySaveAsync(database, cancellationToken))
        {
            return NameTaken(admin);
        }

        if (!await database.Admins.AnyAsync(
                row => row.Role == AdminRole.Owner && row.Enabled && row.RevokedAt == null && row.ExpiresAt == null && row.Digest != null, cancellationToken))
        {
            return AdminProblem.Conflict("Nobody would be left who could administer the administrators: there must be an owner with a token that is enabled and does not expire.");
        }

        await transaction.CommitAsync(cancellationToken);
        return Show(admin);
    }

    private static async Task<AuditedState?> ShowAsync(IServiceProvider services, KeyDbContext database, Guid id, CancellationToken cancellationToken)
        => await database.Admins.AsNoTracking().SingleOrDefaultAsync(admin => admin.Id == id, cancellationToken) is { } admin
            ? new AuditedState(AdminView.From(admin, services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime), ("key", admin.Digest))
            : null;

    private static async Task CheckProjectAsync(KeyDbContext database, Admin admin, FieldReader fields, CancellationToken cancellationToken)
    {
        if (admin.ProjectId is { } id && !await database.Projects.AnyAsync(project => project.Id == id, cancellationToken))
        {
            fields.Fault("project_id", $"There is no project {id}.");
        }
    }

    private static async Task SignOutAsync(KeyDbContext database, Guid id, CancellationToken cancellationToken)
        => database.AdminSessions.RemoveRange(await database.AdminSessions.Where(session => session.AdminId == id).ToListAsync(cancellationToken));

    private static async Task<bool> TrySaveAsync(KeyDbContext database, CancellationToken cancellationToken)
    {
        try
        {
            await database.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException exception) when (exception.IsConstraintViolation())
        {
            return false;
        }
    }

    private static Outcome<AdminView> NotFound(Guid id) => AdminProblem.NotFound($"There is no administrator {id}.");

    private static Outcome<AdminView> NameTaken(Admin admin) => AdminProblem.Conflict($"There is an administrator '{admin.Name}' already.");

    private string Issue(Admin admin)
    {
        var token = AdminKeySetting.Create();
        admin.Digest = hasher.Digest(token).ToArray();
        admin.TokenPrefix = token[..PrefixLength];
        return token;
    }

    private AdminView Show(Admin admin) => AdminView.From(admin, timeProvider.GetUtcNow().UtcDateTime);
}
