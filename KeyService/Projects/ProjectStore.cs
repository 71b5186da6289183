using KeyService.Data;
using KeyService.Ledger;
using KeyService.Limits;
using KeyService.VirtualKeys;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Audit;
using ServiceDefaults.Http;
using ServiceDefaults.Storage;

namespace KeyService.Projects;

/// <summary>The projects; every change is known to the ring before its caller hears of it.</summary>
internal sealed class ProjectStore(IDbContextFactory<KeyDbContext> databases, KeyRing ring, LedgerStore ledger, TimeProvider timeProvider)
{
    public static AuditedResource Audited { get; } = new AuditedResource<KeyDbContext, Project>("project", ShowAsync);

    public async Task<Outcome<ProjectView>> AddAsync(Project project, CancellationToken cancellationToken)
    {
        project.CreatedAt = project.UpdatedAt = timeProvider.GetStoredNow();
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        database.Projects.Add(project);
        return await SaveAsync(database, project, cancellationToken);
    }

    public async Task<Page<ProjectView>> ListAsync(
        Guid? onlyId, bool? enabled, string? namePrefix, int limit, int offset, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var projects = database.Projects.AsNoTracking()
            .Where(project => (onlyId == null || project.Id == onlyId) && (enabled == null || project.Enabled == enabled)).WithNamePrefix(namePrefix);
        var total = await projects.LongCountAsync(cancellationToken);
        var page = await projects.OrderBy(project => project.Id).Skip(offset).Take(limit).ToListAsync(cancellationToken);
        return new Page<ProjectView>(await ShowAsync(page, cancellationToken), total, limit, offset);
    }

    public async Task<Outcome<ProjectView>> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Projects.AsNoTracking().SingleOrDefaultAsync(project => project.Id == id, cancellationToken) is { } project
            ? (await ShowAsync([project], cancellationToken))[0]
            : NotFound(id);
    }

    public async Task<Outcome<ProjectView>> UpdateAsync(Guid id, FieldReader fields, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.Projects.SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is not { } project)
        {
            return NotFound(id);
        }

        ProjectFields.Read(fields, project);
        if (fields.Problem() is { } problem)
        {
            return problem;
        }

        project.UpdatedAt = timeProvider.GetStoredNow();
        return await SaveAsync(database, project, cancellationToken);
    }

    /// <summary>Not while a key lives in it. What it has spent stays in the ledger, whose sums must agree.</summary>
    public async Task<Outcome<ProjectView>> DeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        if (await database.Projects.SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is not { } project)
        {
            return NotFound(id);
        }

        var keys = await database.VirtualKeys.CountAsync(key => key.ProjectId == id && key.RevokedAt == null, cancellationToken);
        if (keys > 0)
        {
            return HasKeys(project, keys);
        }

        await database.VirtualKeys.Where(key => key.ProjectId == id && key.RevokedAt != null)
            .ExecuteUpdateAsync(update => update.SetProperty(key => key.ProjectId, (Guid?)null), cancellationToken);
        database.Projects.Remove(project);
        try
        {
            await database.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (exception.IsConstraintViolation())
        {
            return HasKeys(project, 1);
        }
        finally
        {
            ring.ProjectChanged(id);
        }

        return ProjectView.From(project, default, timeProvider.GetUtcNow().UtcDateTime);
    }

    /// <summary>What it has spent is no part of what an administrator changes.</summary>
    private static async Task<AuditedState?> ShowAsync(IServiceProvider services, KeyDbContext database, Guid id, CancellationToken cancellationToken)
        => await database.Projects.AsNoTracking().SingleOrDefaultAsync(project => project.Id == id, cancellationToken) is { } project
            ? new AuditedState(ProjectView.From(project, default, services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime))
            : null;

    private static Outcome<ProjectView> NotFound(Guid id) => NoSuch(id);

    public static ProblemHttpResult NoSuch(Guid id) => AdminProblem.NotFound($"There is no project {id}.");

    private static Outcome<ProjectView> HasKeys(Project project, int count)
        => AdminProblem.Conflict($"Project '{project.Name}' has {count} live {(count == 1 ? "key" : "keys")}: delete or move them first.");

    private async Task<Outcome<ProjectView>> SaveAsync(KeyDbContext database, Project project, CancellationToken cancellationToken)
    {
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (exception.IsConstraintViolation())
        {
            return AdminProblem.Conflict($"There is a project '{project.Name}' already.");
        }
        finally
        {
            ring.ProjectChanged(project.Id);
        }

        return (await ShowAsync([project], cancellationToken))[0];
    }

    private async Task<List<ProjectView>> ShowAsync(List<Project> projects, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow().UtcDateTime;
        var spent = await ledger.LoadSpentAsync(
            projects.ConvertAll(project => LedgerScope.Project(project.Id)), DateOnly.FromDateTime(now), cancellationToken);
        return projects.ConvertAll(project => ProjectView.From(project, spent.GetValueOrDefault(LedgerScope.Project(project.Id)), now));
    }
}
