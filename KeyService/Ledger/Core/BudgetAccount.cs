using System.Runtime.InteropServices;
using Gateway.Contracts;
using KeyService.Limits;

namespace KeyService.Ledger.Core;

/// <summary>
/// The money of one scope, kept for each UTC day on which calls were reserved; a period is a sum of days. So a budget's period can be
/// changed at any time, a call stays in the period in which it began, and a clock that jumps reopens nothing.
/// </summary>
internal sealed class BudgetAccount
{
    /// <summary>Sorted; few, as <see cref="Fold"/> joins the old ones.</summary>
    private readonly List<Day> _days = [];

    public bool IsEmpty => _days.Count == 0;

    public BudgetUse In(BudgetPeriod? period, DateOnly day)
    {
        var start = BudgetPeriods.StartOf(period, day);
        var end = BudgetPeriods.EndOf(period, day);
        NanoUsd spent = default, open = default;
        for (var i = _days.Count - 1; i >= 0 && _days[i].Date >= start; i--)
        {
            if (end is null || _days[i].Date < end)
            {
                spent += _days[i].Spent;
                open += _days[i].Open;
            }
        }

        return new BudgetUse(spent, open);
    }

    public void Spend(DateOnly day, NanoUsd amount) => At(day).Spent += amount;

    public void Reserve(DateOnly day, NanoUsd amount) => At(day).Open += amount;

    public void Release(DateOnly day, NanoUsd amount) => At(day).Open -= amount;

    /// <summary>Days before <paramref name="horizon"/> matter to lifetime budgets alone: they become one.</summary>
    public void Fold(DateOnly horizon)
    {
        if (!_days.Exists(day => day.Date < horizon && day.Date != DateOnly.MinValue))
        {
            return;
        }

        NanoUsd earlier = default;
        foreach (var day in _days.Where(day => day.Date < horizon))
        {
            earlier += day.Spent;
        }

        _days.RemoveAll(day => day.Date < horizon && day.Open == default);
        foreach (ref var day in CollectionsMarshal.AsSpan(_days))
        {
            day.Spent = day.Date < horizon ? default : day.Spent;
        }

        if (earlier != NanoUsd.Zero)
        {
            Spend(DateOnly.MinValue, earlier);
        }
    }

    public IEnumerable<(DateOnly Date, BudgetUse Use)> Days => _days.Select(day => (day.Date, new BudgetUse(day.Spent, day.Open)));

    private ref Day At(DateOnly date)
    {
        var index = _days.Count;
        while (index > 0 && _days[index - 1].Date >= date)
        {
            index--;
        }

        if (index == _days.Count || _days[index].Date != date)
        {
            _days.Insert(index, new Day { Date = date });
        }

        return ref CollectionsMarshal.AsSpan(_days)[index];
    }

    private struct Day
    {
        public DateOnly Date;
        public NanoUsd Spent;
        public NanoUsd Open;
    }
}

/// <param name="Spent">Settled.</param>
/// <param name="Open">Reserved by calls that run.</param>
internal readonly record struct BudgetUse(NanoUsd Spent, NanoUsd Open)
{
    public NanoUsd LeftOf(NanoUsd amount) => amount - Spent - Open;
}
