using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Audit;

namespace ServiceDefaults.Changes;

/// <summary><c>If-Match</c>: the change is of one of these states, or it is not made.</summary>
internal sealed class Precondition(AuditedResource resource, IReadOnlyList<string> tags) : IChangeStep
{
    public async Task BeforeAsync(DbContext database, Guid? id, CancellationToken cancellationToken)
    {
        if (id is { } given && !await HoldsAsync(database, given, cancellationToken))
        {
            throw new PreconditionFailedException();
        }
    }

    public Task AfterAsync(DbContext database, Guid? id, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What is not there, or has no version, is not for this to refuse.</summary>
    public async Task<bool> HoldsAsync(DbContext database, Guid id, CancellationToken cancellationToken)
        => await resource.FindVersionAsync(database, id, cancellationToken) is not { } version || tags.Contains(EntityTag.Of(version));
}

/// <summary>Somebody else was faster.</summary>
internal sealed class PreconditionFailedException() : Exception("The resource is not in the state that the change is meant for.");
