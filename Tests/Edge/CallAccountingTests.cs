using Gateway.Contracts;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using Gateway.Edge.Accounting;
using Gateway.Edge.Pipeline;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Tests.Compat;
using Xunit;

namespace Tests.Edge;

public sealed class CallAccountingTests
{
    private readonly FakeLedger _ledger = new();
    private readonly ManualClock _clock = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Record_WhenAdded_IsSettledAndLogged()
    {
        using var accounting = await StartAsync();
        var call = Call(cost: 50);

        accounting.Add(call);

        await _ledger.Arrived.Task.WaitAsync(Cancelled);
        var settlement = _ledger.Settlements.ShouldHaveSingleItem();
        settlement.CallId.ShouldBe(call.Id);
        settlement.KeyId.ShouldBe(FakeLedger.Key.KeyId);
        settlement.Cost.ShouldBe(new NanoUsd(50));
        var record = _ledger.Records.ShouldHaveSingleItem();
        record.Id.ShouldBe(call.Id);
        record.Cost.ShouldBe(new NanoUsd(50));
        await accounting.StopAsync(Cancelled);
    }

    [Fact]
    public async Task Record_WhenTheModelHasNoPrice_IsSettledAtZeroAndLoggedWithoutCost()
    {
        using var accounting = await StartAsync();

        accounting.Add(Call(cost: null));

        await accounting.StopAsync(Cancelled);
        _ledger.Settlements.ShouldHaveSingleItem().Cost.ShouldBe(NanoUsd.Zero);
        _ledger.Records.ShouldHaveSingleItem().Cost.ShouldBeNull();
    }

    [Fact]
    public async Task Record_WhenTheLedgerIsAway_IsSentUntilItArrives()
    {
        _ledger.Fail(times: 8);
        using var accounting = await StartAsync();

        accounting.Add(Call(cost: 1));
        var pauses = new List<TimeSpan>();
        for (var i = 0; i < 8; i++)
        {
            pauses.Add(await _clock.Started.ReadAsync(Cancelled));
            _clock.Advance(pauses[^1]);
        }

        await _ledger.Arrived.Task.WaitAsync(Cancelled);
        _ledger.Calls.ShouldBe(9);
        _ledger.Settlements.Count.ShouldBe(1);
        _ledger.Records.Count.ShouldBe(1);
        pauses.ShouldBeInOrder();
        pauses[0].ShouldBe(TimeSpan.FromMilliseconds(100));
        pauses[^1].ShouldBe(TimeSpan.FromSeconds(5));
        await accounting.StopAsync(Cancelled);
    }

    [Fact]
    public async Task Stop_WhenRecordsAreWaiting_SendsThemFirst()
    {
        using var accounting = await StartAsync();
        var calls = Enumerable.Range(0, 2000).Select(_ => Call(cost: 1)).ToList();
        calls.ForEach(accounting.Add);

        await accounting.StopAsync(Cancelled);

        _ledger.Settlements.Select(settlement => settlement.CallId).ShouldBe(calls.Select(call => call.Id));
        _ledger.Records.Count.ShouldBe(2000);
        _ledger.Calls.ShouldBeLessThan(2000);
    }

    [Fact]
    public async Task Stop_WhenTheLedgerStaysAway_EndsWithTheHostsPatience()
    {
        _ledger.Fail(times: int.MaxValue);
        using var accounting = await StartAsync();
        accounting.Add(Call(cost: 1));
        await _clock.Started.ReadAsync(Cancelled);
        using var patience = new CancellationTokenSource();

        var stopping = accounting.StopAsync(patience.Token);
        stopping.IsCompleted.ShouldBeFalse();
        await patience.CancelAsync();

        await stopping.WaitAsync(TimeSpan.FromSeconds(10), Cancelled);
        _ledger.Records.ShouldBeEmpty();
    }

    [Fact]
    public async Task Add_WhenAccountingHasEnded_DoesNotThrow()
    {
        using var accounting = await StartAsync();
        await accounting.StopAsync(Cancelled);

        Should.NotThrow(() => accounting.Add(Call(cost: 1)));
    }

    private async Task<CallAccounting> StartAsync()
    {
        var accounting = new CallAccounting(_ledger, _ledger, _clock, NullLogger<CallAccounting>.Instance);
        await accounting.StartAsync(Cancelled);
        return accounting;
    }

    private CallInProgress Call(long? cost)
    {
        var call = new CallInProgress(Guid.NewGuid(), "req", ClientFormat.Chat, _clock);
        call.Scanned(new RequestFacts { Model = "m" });
        call.Admitted(new Lease(call.Id, FakeLedger.Key, DateTime.UnixEpoch));
        call.Ended(new DispatchEnd { UsageSource = UsageSource.Provider, Usage = new TokenUsage { Input = 1 }, Cost = cost is { } value ? new NanoUsd(value) : null });
        return call;
    }
}
