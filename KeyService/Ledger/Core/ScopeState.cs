using Gateway.Contracts;

namespace KeyService.Ledger.Core;

/// <summary>All that is counted for one scope, whether it has limits now or not: a limit that is set later holds against it at once.</summary>
internal sealed class ScopeState(ScopeId id)
{
    public ScopeId Id => id;

    public SlidingWindow Minute { get; } = new(WindowKind.Minute);

    public SlidingWindow Day { get; } = new(WindowKind.Day);

    public BudgetAccount Money { get; } = new();

    public long Parallel { get; private set; }

    public bool IsDirty { get; set; }

    public bool IsEmpty => Parallel == 0 && Minute.IsEmpty && Day.IsEmpty && Money.IsEmpty;

    public void Advance(DateTime now)
    {
        Minute.Advance(now);
        Day.Advance(now);
    }

    public void Count(DateTime at, long requests, long tokens, DateTime now)
    {
        Minute.Add(at, requests, tokens, now);
        Day.Add(at, requests, tokens, now);
    }

    public void Hold(DateOnly day, NanoUsd cost)
    {
        Parallel++;
        Money.Reserve(day, cost);
    }

    public void LetGo(DateOnly day, NanoUsd cost)
    {
        Parallel--;
        Money.Release(day, cost);
    }

    public void TakeChanges(List<WindowBucket> changes)
    {
        IsDirty = false;
        Minute.TakeChanges(id, changes);
        Day.TakeChanges(id, changes);
    }
}
