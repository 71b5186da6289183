using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ServiceDefaults.Audit;

/// <summary>Puts the entry of a change into the transaction of the change, wherever that is made. Outside an <see cref="AuditScope"/> it does nothing.</summary>
internal sealed class AuditInterceptor : SaveChangesInterceptor, IDbTransactionInterceptor, IDbCommandInterceptor
{
    public static AuditInterceptor Instance { get; } = new();

    public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (ScopeOf(eventData) is { } scope)
        {
            await scope.BeginAsync(eventData.Context!, cancellationToken);
        }

        return result;
    }

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
        => ScopeOf(eventData) is null ? result : throw new InvalidOperationException("An audited change is saved asynchronously.");

    public override async ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        if (ScopeOf(eventData) is { } scope)
        {
            await scope.SavedAsync(eventData.Context!, cancellationToken);
        }

        return result;
    }

    public override async Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        if (ScopeOf(eventData) is { } scope)
        {
            await scope.FailedAsync();
        }
    }

    public override async Task SaveChangesCanceledAsync(DbContextEventData eventData, CancellationToken cancellationToken = default)
    {
        if (ScopeOf(eventData) is { } scope)
        {
            await scope.FailedAsync();
        }
    }

    public async ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        if (ScopeOf(eventData) is { IsWritten: false } scope)
        {
            await scope.AppendAsync(eventData.Context!, cancellationToken);
        }

        return result;
    }

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        ScopeOf(eventData)?.Committed();
        return Task.CompletedTask;
    }

    public ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (command.Transaction is null && ScopeOf(eventData) is { } scope)
        {
            scope.RefuseBareCommand();
        }

        return ValueTask.FromResult(result);
    }

    private static AuditScope? ScopeOf(DbContextEventData eventData)
        => AuditScope.Current is { } scope && scope.Covers(eventData.Context) ? scope : null;
}
