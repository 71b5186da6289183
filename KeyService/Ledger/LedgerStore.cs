using Gateway.Contracts;
using KeyService.Data;
using KeyService.Ledger.Core;
using KeyService.Limits;
using Microsoft.EntityFrameworkCore;

namespace KeyService.Ledger;

/// <summary>The rows behind the ledger: read whole at the start, written in batches, each batch one transaction.</summary>
internal sealed class LedgerStore(IDbContextFactory<KeyDbContext> databases)
{
    private readonly Guid _owner = Guid.NewGuid();

    /// <summary>Waits for the transactions of the owner before, and none of its later ones succeeds.</summary>
    public async Task OwnAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await database.Database.ExecuteSqlAsync(
            $"INSERT INTO ledger_owner (id, owner) VALUES (1, {_owner}) ON CONFLICT (id) DO UPDATE SET owner = excluded.owner", cancellationToken);
    }

    public async Task<LedgerState> LoadAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var clock = await database.LedgerClock.AsNoTracking().SingleOrDefaultAsync(cancellationToken);
        var windows = await database.Windows.AsNoTracking().ToListAsync(cancellationToken);
        var leases = await database.Leases.AsNoTracking().ToListAsync(cancellationToken);
        return new LedgerState
        {
            Anchor = clock is null ? null : new ClockAnchor(clock.LedgerNow, clock.UtcNow),
            Buckets =
            [
                .. windows.Select(row => new WindowBucket(
                    LedgerScope.Parse(row.Scope), Enum.Parse<WindowKind>(row.Kind), row.Bucket, row.LastAt, row.Requests, row.Tokens)),
            ],
            Leases = [.. leases.Select(row => LeaseFactsText.Read(row.CallId, row.Facts)).OfType<LeaseFacts>()],
            Spent = await LoadSpentDaysAsync(database, cancellationToken),
        };
    }

    /// <summary>The sums of the settled calls, to compare with what the ledger has in memory.</summary>
    public async Task<IReadOnlyList<DaySpent>> LoadSpentDaysAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await LoadSpentDaysAsync(database, cancellationToken);
    }

    /// <summary>What each scope has spent, by period; a scope without a row has spent nothing.</summary>
    public async Task<IReadOnlyDictionary<string, SpentTotals>> LoadSpentAsync(
        IReadOnlyCollection<string> scopes, DateOnly today, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await SumAsync(database.Spent.Where(row => scopes.Contains(row.Scope)), today, cancellationToken);
    }

    /// <summary>
    /// All of it or nothing, so that windows and leases show just the settlements that are stored. A settlement adds its cost to its scopes and
    /// to its key's totals; one that is stored already adds nothing.
    /// </summary>
    /// <param name="changes">Oldest first.</param>
    public async Task WriteAsync(
        IReadOnlyCollection<Charge> charges, IReadOnlyList<LedgerChanges> changes, DateTime now, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await EnsureOwnerAsync(database, cancellationToken);
        if (charges.Count > 0)
        {
            await SettleAsync(database, [.. charges], now, cancellationToken);
        }

        foreach (var part in changes)
        {
            await LedgerSql.Buckets.RunAsync(database, part.Buckets, cancellationToken);
            await LedgerSql.Leases.RunAsync(database, part.Leases, cancellationToken);
            await LedgerSql.EndedLeases.RunAsync(database, part.RemovedLeases, cancellationToken);
            await LedgerSql.Clock.RunAsync(database, [part.Anchor], cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Deletes what has left its window.</summary>
    public async Task ForgetWindowsAsync(DateTime ledgerNow, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        foreach (var window in Enum.GetValues<WindowKind>())
        {
            var (kind, before) = (window.ToString(), ledgerNow - SlidingWindow.LengthOf(window));
            await database.Windows.Where(row => row.Kind == kind && row.LastAt < before).ExecuteDeleteAsync(cancellationToken);
        }
    }

    /// <summary>Which of these calls are settled.</summary>
    public async Task<IReadOnlySet<Guid>> FindSettledAsync(IReadOnlyCollection<Guid> calls, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.SettledCalls.Where(call => calls.Contains(call.CallId)).Select(call => call.CallId).ToHashSetAsync(cancellationToken);
    }

    /// <summary>A settlement that comes later than this would count again: the time is to be longer than any sender tries.</summary>
    public async Task<int> ForgetSettledAsync(DateTime before, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.SettledCalls.Where(call => call.SettledAt < before).ExecuteDeleteAsync(cancellationToken);
    }

    private static async Task SettleAsync(KeyDbContext database, Charge[] charges, DateTime now, CancellationToken cancellationToken)
    {
        var isNew = await LedgerSql.SettledCalls.RunAsync(database, [.. charges.Select(charge => (charge, now))], cancellationToken);
        var fresh = charges.Where((_, index) => isNew[index]).ToList();

        // In one order everywhere, so that two writers wait for one another and never in a circle.
        await LedgerSql.Spent.RunAsync(
            database,
            [
                .. SpentBy(fresh).GroupBy(part => (part.Scope, part.Day), part => part.Amount.Value)
                    .Select(group => new SpentDay(LedgerScope.NameOf(group.Key.Scope), group.Key.Day, group.Sum()))
                    .OrderBy(row => row.Scope, StringComparer.Ordinal).ThenBy(row => row.Day),
            ],
            cancellationToken);
        await LedgerSql.KeyTotals.RunAsync(
            database,
            [.. fresh.GroupBy(charge => charge.KeyId).OrderBy(group => group.Key).Select(group => (group.Key, group.LongCount(), now))],
            cancellationToken);
    }

    /// <summary>What settlements add to each of their scopes.</summary>
    public static IEnumerable<DaySpent> SpentBy(IEnumerable<Charge> charges)
        => charges.Select(charge => charge.Call).Where(call => call.Cost != NanoUsd.Zero)
            .SelectMany(call => call.Scopes, (call, scope) => new DaySpent(scope, call.Day, call.Cost));

    /// <summary>Until the end of the transaction nobody else becomes it.</summary>
    private async Task EnsureOwnerAsync(KeyDbContext database, CancellationToken cancellationToken)
    {
        if (await database.Database.ExecuteSqlAsync($"UPDATE ledger_owner SET owner = owner WHERE id = 1 AND owner = {_owner}", cancellationToken) == 0)
        {
            throw new LedgerOwnerChangedException();
        }
    }

    private static async Task<IReadOnlyList<DaySpent>> LoadSpentDaysAsync(KeyDbContext database, CancellationToken cancellationToken)
    {
        var rows = await database.Spent.AsNoTracking().ToListAsync(cancellationToken);
        return [.. rows.Select(row => new DaySpent(LedgerScope.Parse(row.Scope), row.Day, new NanoUsd(row.NanoUsd)))];
    }

    private static async Task<Dictionary<string, SpentTotals>> SumAsync(IQueryable<SpentDay> rows, DateOnly today, CancellationToken cancellationToken)
    {
        var week = BudgetPeriods.StartOf(BudgetPeriod.Weekly, today);
        var month = BudgetPeriods.StartOf(BudgetPeriod.Monthly, today);
        return await rows.GroupBy(row => row.Scope)
            .Select(group => new
            {
                Scope = group.Key,
                Day = group.Sum(row => row.Day == today ? row.NanoUsd : 0L),
                Week = group.Sum(row => row.Day >= week && row.Day <= today ? row.NanoUsd : 0L),
                Month = group.Sum(row => row.Day >= month && row.Day <= today ? row.NanoUsd : 0L),
                Lifetime = group.Sum(row => row.NanoUsd),
            })
            .ToDictionaryAsync(
                row => row.Scope, row => new SpentTotals(row.Day, row.Week, row.Month, row.Lifetime), StringComparer.Ordinal, cancellationToken);
    }
}

/// <summary>What a scope has spent today, this week, this month and ever, in nano-dollars.</summary>
internal readonly record struct SpentTotals(long Day, long Week, long Month, long Lifetime)
{
    public long Of(BudgetPeriod? period) => period switch
    {
        BudgetPeriod.Daily => Day,
        BudgetPeriod.Weekly => Week,
        BudgetPeriod.Monthly => Month,
        _ => Lifetime,
    };
}

/// <summary>What a call cost in the end, and whose it was.</summary>
internal sealed record Charge(Guid KeyId, CallSettlement Call)
{
    public Guid CallId => Call.CallId;

    public Guid? ProjectId
    {
        get
        {
            for (var i = 0; i < Call.Scopes.Count; i++)
            {
                if (Call.Scopes[i] is { Kind: ScopeKind.Project, Id: var id })
                {
                    return id;
                }
            }

            return null;
        }
    }
}
