using System.Threading.Channels;
using Gateway.Contracts;
using KeyService.Ledger;
using KeyService.Ledger.Core;
using KeyService.Limits;
using KeyService.VirtualKeys;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Storage;

namespace KeyService.BudgetWarnings;

/// <summary>
/// Looks at the budgets of keys and projects after their calls were settled, and says once in a period that the threshold is reached: in the
/// log, and to a webhook. No call waits for it.
/// </summary>
internal sealed partial class BudgetWatch(
    KeyRing ring, LedgerCore core, BudgetEventStore events, WebhookSender webhooks, TimeProvider timeProvider, ILogger<BudgetWatch> logger)
    : BackgroundService
{
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _lock = new();
    private readonly HashSet<(string Scope, DateOnly PeriodStart)> _told = [];
    private HashSet<(Guid KeyId, DateOnly Day)> _settled = [];
    private volatile bool _isResuming;

    /// <summary>These calls are in the totals now.</summary>
    public void Settled(IEnumerable<Charge> charges)
    {
        lock (_lock)
        {
            _settled.UnionWith(charges.Select(charge => (charge.KeyId, charge.Call.Day)));
        }

        _wake.Writer.TryWrite(true);
    }

    /// <summary>Goes on with what a process before this one has not sent.</summary>
    public void Resume()
    {
        _isResuming = true;
        _wake.Writer.TryWrite(true);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var _ in _wake.Reader.ReadAllAsync(stoppingToken))
            {
                await LookAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end of the process.
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var settled = Take();
        try
        {
            if (_isResuming)
            {
                foreach (var unsent in await events.LoadOpenAsync(cancellationToken))
                {
                    webhooks.Send(unsent);
                }

                _isResuming = false;
            }

            foreach (var (keyId, day) in settled)
            {
                await LookAsync(keyId, day, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is System.Data.Common.DbException or DbUpdateException or TimeoutException)
        {
            LogNotLooked(exception);
            lock (_lock)
            {
                // For the next settlement to look again.
                _settled.UnionWith(settled);
            }
        }
    }

    private HashSet<(Guid KeyId, DateOnly Day)> Take()
    {
        lock (_lock)
        {
            (var settled, _settled) = (_settled, []);
            return settled;
        }
    }

    private async Task LookAsync(Guid keyId, DateOnly day, CancellationToken cancellationToken)
    {
        if (await ring.FindByIdAsync(keyId, cancellationToken) is not { } key)
        {
            return;
        }

        await LookAsync(ScopeId.Key(key.Id), key.Identity.Name, key.Budget, key.Warning, day, cancellationToken);
        if (key.Project is { } project)
        {
            await LookAsync(ScopeId.Project(project.Id), project.Name, project.Budget, project.Warning, day, cancellationToken);
        }
    }

    private async Task LookAsync(
        ScopeId scope, string name, Budget? budget, BudgetWarning? warning, DateOnly day, CancellationToken cancellationToken)
    {
        if (budget is null || warning is null)
        {
            return;
        }

        var periodStart = BudgetPeriods.StartOf(budget.Period, day);
        var mark = (LedgerScope.NameOf(scope), periodStart);
        var spent = core.SpentIn(scope, budget.Period, day);
        var limit = budget.AmountAt(timeProvider.GetUtcNow().UtcDateTime);
        if (spent > NanoUsd.Zero && (Int128)spent.Value * 100 >= (Int128)limit.Value * warning.Percent && !_told.Contains(mark))
        {
            await TellAsync(scope, name, budget, warning, spent, limit, periodStart, cancellationToken);
            _told.Add(mark);
        }
    }

    private async Task TellAsync(
        ScopeId scope,
        string name,
        Budget budget,
        BudgetWarning warning,
        NanoUsd spent,
        NanoUsd limit,
        DateOnly periodStart,
        CancellationToken cancellationToken)
    {
        var now = timeProvider.GetStoredNow();
        var owner = new BudgetOwner(scope.Id, name);
        var isProject = scope.Kind == ScopeKind.Project;
        var body = new BudgetEventBody(
            Guid.CreateVersion7(timeProvider.GetUtcNow()),
            BudgetEventBody.SoftLimitReached,
            now,
            isProject ? null : owner,
            isProject ? owner : null,
            spent.ToUsd(),
            limit.ToUsd(),
            warning.Percent,
            BudgetPeriods.NameOf(budget.Period),
            budget.Period is null ? null : periodStart);
        var added = new BudgetEvent
        {
            Id = body.Id,
            Scope = LedgerScope.NameOf(scope),
            PeriodStart = periodStart,
            Body = body.ToJson(),
            WebhookUrl = warning.WebhookUrl,
            CreatedAt = now,
            ClosedAt = warning.WebhookUrl is null ? now : null,
        };
        if (await events.TryAddAsync(added, cancellationToken))
        {
            LogSoftLimitReached(isProject ? "Project" : "Key", name, scope.Id, spent, limit, warning.Percent, periodStart);
            webhooks.Send(added);
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "{Kind} '{Name}' ({Id}) has spent ${Spent} of ${Limit}, {Percent} % or more, in the period from {PeriodStart}.",
        EventName = "BudgetSoftLimitReached")]
    private partial void LogSoftLimitReached(string kind, string name, Guid id, NanoUsd spent, NanoUsd limit, int percent, DateOnly periodStart);

    [LoggerMessage(LogLevel.Error, "Budget thresholds could not be looked at; the next settlement does it.")]
    private partial void LogNotLooked(Exception exception);
}
