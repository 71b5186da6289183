using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ServiceDefaults.Changes;

/// <summary>Gives what is changed a version that it never had before: two changes at once cannot end with the same one.</summary>
internal sealed class VersionInterceptor : SaveChangesInterceptor
{
    public static VersionInterceptor Instance { get; } = new();

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        Renew(eventData.Context);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Renew(eventData.Context);
        return ValueTask.FromResult(result);
    }

    private static void Renew(DbContext? database)
    {
        foreach (var entry in database?.ChangeTracker.Entries<IVersioned>() ?? [])
        {
            if (entry.State is EntityState.Modified or EntityState.Added)
            {
                entry.Entity.Version = Guid.CreateVersion7();
            }
        }
    }
}
