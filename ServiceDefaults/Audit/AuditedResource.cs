using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServiceDefaults.Changes;

namespace ServiceDefaults.Audit;

/// <summary>What an entry tells of: how it is called, in which database it is, and how it is shown.</summary>
public abstract class AuditedResource(string type)
{
    public string Type => type;

    public abstract Type ContextType { get; }

    /// <summary>Whether <c>If-Match</c> can name a state of it.</summary>
    public abstract bool IsVersioned { get; }

    /// <summary>As the transaction of the change sees it; null where there is none.</summary>
    internal abstract Task<JsonObject?> ShowAsync(IServiceProvider services, DbContext database, Guid id, CancellationToken cancellationToken);

    /// <summary>Null where there is none, or where it is of a kind that has no versions.</summary>
    internal abstract Task<Guid?> FindVersionAsync(DbContext database, Guid id, CancellationToken cancellationToken);

    /// <summary>The id of the one that is about to be made; null where it is none, or more than one.</summary>
    internal abstract Guid? FindNew(DbContext database, out int count);
}

/// <param name="type">What the log calls it.</param>
/// <param name="show">The resource as the admin API shows it; null where there is none.</param>
public sealed class AuditedResource<TContext, TEntity>(
    string type, Func<IServiceProvider, TContext, Guid, CancellationToken, Task<AuditedState?>> show) : AuditedResource(type)
    where TContext : DbContext
    where TEntity : class
{
    public override Type ContextType => typeof(TContext);

    public override bool IsVersioned => typeof(IVersioned).IsAssignableFrom(typeof(TEntity));

    internal override async Task<JsonObject?> ShowAsync(IServiceProvider services, DbContext database, Guid id, CancellationToken cancellationToken)
    {
        if (await show(services, (TContext)database, id, cancellationToken) is not { } state)
        {
            return null;
        }

        var options = services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var json = JsonSerializer.SerializeToNode(state.View, state.View.GetType(), options)!.AsObject();
        var keys = services.GetRequiredService<AuditKeys>();
        foreach (var (name, secret) in state.Secrets)
        {
            json[name] = secret is null ? null : keys.Digest(secret);
        }

        return json;
    }

    internal override async Task<Guid?> FindVersionAsync(DbContext database, Guid id, CancellationToken cancellationToken)
    {
        if (!IsVersioned || database.Model.FindEntityType(typeof(TEntity))?.FindPrimaryKey()?.Properties is not [{ } key])
        {
            return null;
        }

        var rows = database.Set<TEntity>().AsNoTracking();
        var found = key.ClrType == typeof(Guid)
            ? rows.Where(row => EF.Property<Guid>(row, key.Name) == id)
            : rows.Where(row => EF.Property<string>(row, key.Name) == id.ToString());
        return await found.Select(row => (Guid?)EF.Property<Guid>(row, nameof(IVersioned.Version))).SingleOrDefaultAsync(cancellationToken);
    }

    internal override Guid? FindNew(DbContext database, out int count)
    {
        var made = database.ChangeTracker.Entries<TEntity>().Where(entry => entry.State == EntityState.Added).ToList();
        count = made.Count;
        return made is [{ } only] && only.Metadata.FindPrimaryKey()?.Properties is [{ } key]
            ? only.Property(key.Name).CurrentValue switch
            {
                Guid id => id,
                string text when Guid.TryParse(text, out var id) => id,
                _ => null,
            }
            : null;
    }
}

/// <summary>A resource as the admin API shows it, and the secrets that it does not show: those go into the log as digests.</summary>
public sealed record AuditedState(object View, params (string Name, byte[]? Secret)[] Secrets);
