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
        var settled = await database.UnwrittenSettlements.AsNoTracking().ToListAsync(cancellationToken);
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
            Settled = [.. settled.Select(row => LeaseFactsText.Read(row.CallId, row.Facts)).OfType<LeaseFacts>().Select(CallSettlement.From)],
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

    /// <param name="changes">What is to be written.</param>
    /// <param name="isComplete">They show every settlement so far; false for changes that were taken before the last ones.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task WriteAsync(LedgerChanges changes, bool isComplete, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await EnsureOwnerAsync(database, cancellationToken);
        await SqlRows.RunAsync(
            database,
            changes.Buckets,
            row => [LedgerScope.NameOf(row.Scope), row.Window.ToString(), row.Index, row.LastAt, row.Requests, row.Tokens],
            "INSERT INTO window_buckets (scope, kind, bucket, last_at, requests, tokens) VALUES",
            "ON CONFLICT (scope, kind, bucket) DO UPDATE SET last_at = excluded.last_at, requests = excluded.requests, tokens = excluded.tokens",
            cancellationToken);
        await SqlRows.RunAsync(
            database,
            changes.Leases,
            row => [row.CallId, LeaseFactsText.Write(row)],
            "INSERT INTO leases (call_id, facts) VALUES",
            "ON CONFLICT (call_id) DO UPDATE SET facts = excluded.facts",
            cancellationToken);
        if (changes.RemovedLeases.Count > 0)
        {
            await database.Leases.Where(lease => changes.RemovedLeases.Contains(lease.CallId)).ExecuteDeleteAsync(cancellationToken);
        }

        if (isComplete)
        {
            await database.UnwrittenSettlements.ExecuteDeleteAsync(cancellationToken);
        }

        await SqlRows.RunAsync(
            database,
            [changes.Anchor],
            anchor => [1, anchor.LedgerNow, anchor.UtcNow],
            "INSERT INTO ledger_clock (id, ledger_now, utc_now) VALUES",
            "ON CONFLICT (id) DO UPDATE SET ledger_now = excluded.ledger_now, utc_now = excluded.utc_now",
            cancellationToken);
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

    /// <summary>
    /// Adds the cost of each call that is not settled yet to its scopes and its key's totals; gives the ids of these calls. A call that is
    /// settled already, earlier or in the same batch, adds nothing. Leases and windows follow with the next write.
    /// </summary>
    public async Task<IReadOnlySet<Guid>> SettleAsync(IReadOnlyList<Charge> charges, DateTime now, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await EnsureOwnerAsync(database, cancellationToken);
        var first = charges.DistinctBy(charge => charge.CallId).ToList();
        var added = (await SqlRows.RunAsync(
            database,
            first,
            charge => [charge.CallId, charge.KeyId, charge.ProjectId, charge.Call.Day, charge.Call.Cost.Value, now],
            "INSERT INTO settled_calls (call_id, key_id, project_id, day, nano_usd, settled_at) VALUES",
            "ON CONFLICT (call_id) DO NOTHING RETURNING call_id",
            cancellationToken)).ToHashSet();
        var fresh = first.Where(charge => added.Contains(charge.CallId)).ToList();

        await SqlRows.RunAsync(
            database,
            fresh,
            charge => [charge.CallId, LeaseFactsText.Write(charge.Call.ToFacts())],
            "INSERT INTO unwritten_settlements (call_id, facts) VALUES",
            "ON CONFLICT (call_id) DO NOTHING",
            cancellationToken);

        // In one order everywhere, so that two writers wait for one another and never in a circle.
        var spent = fresh.Select(charge => charge.Call).Where(call => call.Cost != NanoUsd.Zero)
            .SelectMany(call => call.Scopes, (call, scope) => (Scope: LedgerScope.NameOf(scope), call.Day, NanoUsd: call.Cost.Value))
            .GroupBy(part => (part.Scope, part.Day), part => part.NanoUsd)
            .Select(group => new SpentDay(group.Key.Scope, group.Key.Day, group.Sum()))
            .OrderBy(row => row.Scope, StringComparer.Ordinal).ThenBy(row => row.Day)
            .ToList();
        await SqlRows.RunAsync(
            database,
            spent,
            row => [row.Scope, row.Day, row.NanoUsd],
            "INSERT INTO spent (scope, day, nano_usd) VALUES",
            "ON CONFLICT (scope, day) DO UPDATE SET nano_usd = spent.nano_usd + excluded.nano_usd",
            cancellationToken);
        foreach (var group in fresh.GroupBy(charge => charge.KeyId).OrderBy(group => group.Key))
        {
            var count = group.Count();
            await database.VirtualKeys.Where(key => key.Id == group.Key).ExecuteUpdateAsync(
                update => update
                    .SetProperty(key => key.TotalRequests, key => key.TotalRequests + count)
                    .SetProperty(key => key.LastUsedAt, now),
                cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return added;
    }

    /// <summary>A settlement that comes later than this would count again: the time is to be longer than any sender tries.</summary>
    public async Task<int> ForgetSettledAsync(DateTime before, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.SettledCalls.Where(call => call.SettledAt < before).ExecuteDeleteAsync(cancellationToken);
    }

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

    public Guid? ProjectId => Call.Scopes.Where(scope => scope.Kind == ScopeKind.Project).Select(scope => (Guid?)scope.Id).FirstOrDefault();
}
