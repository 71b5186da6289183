using Gateway.Contracts.Errors;
using Gateway.Contracts.Usage;
using Gateway.Edge.Accounting.Journal;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Tests.Journal;

public sealed class CallJournalTests : JournalTest
{
    private readonly ScriptedReceivers _receivers = new();
    private readonly JournalOptions _options = new() { SegmentBytes = 64 * 1024, DrainSeconds = 60 };

    [Fact]
    public async Task Record_WhenAppended_ReachesBothReceivers()
    {
        var records = NewRecords(1200);
        using var journal = await StartAsync();

        await AppendAsync(journal, records);
        await journal.StopAsync(Cancelled);

        _receivers.Settlements.Select(settlement => settlement.CallId).ShouldBe(records.Select(record => record.Id));
        _receivers.Records.ShouldBe(records, RecordComparer);
        _receivers.Settlements.Select(settlement => settlement.Cost).ShouldBe(records.Select(record => record.Cost!.Value));
        Directory.GetFileSystemEntries(Root).ShouldBeEmpty();
    }

    [Fact]
    public async Task Record_WhenItsCostIsNotKnown_SettlesAtZeroAndStaysUnknown()
    {
        using var journal = await StartAsync();

        await journal.AppendAsync(NewRecord() with { Cost = null });
        await journal.StopAsync(Cancelled);

        _receivers.Settlements.ShouldHaveSingleItem().Cost.Value.ShouldBe(0);
        _receivers.Records.ShouldHaveSingleItem().Cost.ShouldBeNull();
    }

    [Fact]
    public async Task Receiver_WhenTheOtherOneIsDown_IsNotHeldUp()
    {
        _receivers.UsageIsDown = true;
        var records = NewRecords(700);
        using var journal = await StartAsync();

        await AppendAsync(journal, records);
        await UntilAsync(() => _receivers.Settlements.Count == 700);
        _receivers.Records.ShouldBeEmpty();

        _receivers.UsageIsDown = false;
        await UntilAsync(() => _receivers.Records.Count == 700);
        _receivers.LedgerIsDown = true;
        await AppendAsync(journal, NewRecords(10));
        await UntilAsync(() => _receivers.Records.Count == 710);
        _receivers.Settlements.Count.ShouldBe(700);

        _receivers.LedgerIsDown = false;
        await journal.StopAsync(Cancelled);
        _receivers.Settlements.Count.ShouldBe(710);
    }

    [Fact]
    public async Task Settlement_WhenTheLedgerIsStillStoring_IsToldAllTheSameAndOnceMoreWhenThatFails()
    {
        var storing = new TaskCompletionSource();
        _receivers.LedgerStores = storing.Task;
        var records = NewRecords(3);
        using var journal = await StartAsync();

        foreach (var (record, number) in records.Select((record, index) => (record, index + 1)))
        {
            await journal.AppendAsync(record);
            await UntilAsync(() => _receivers.Settlements.Count == number);
        }

        _receivers.LedgerStores = Task.CompletedTask;
        storing.SetException(new IOException("The disk is full."));
        await UntilAsync(() => _receivers.Settlements.Count == 6);
        await journal.StopAsync(Cancelled);

        _receivers.Settlements.Skip(3).Select(settlement => settlement.CallId).ShouldBe(records.Select(record => record.Id));
        Directory.GetFileSystemEntries(Root).ShouldBeEmpty();
    }

    [Fact]
    public async Task Positions_WhenAProcessEnds_AreKeptForTheNextOne()
    {
        _receivers.UsageIsDown = true;
        _options.DrainSeconds = 0;
        var records = NewRecords(50);
        using (var journal = await StartAsync())
        {
            await AppendAsync(journal, records);
            await UntilAsync(() => _receivers.Settlements.Count == 50);
            await journal.StopAsync(Cancelled);
        }

        _receivers.UsageIsDown = false;
        _options.DrainSeconds = 60;
        using var next = await StartAsync();
        await UntilAsync(() => _receivers.Records.Count == 50);
        await next.StopAsync(Cancelled);

        _receivers.Settlements.Count.ShouldBe(50);
        _receivers.Records.ShouldBe(records, RecordComparer);
        Directory.GetFileSystemEntries(Root).ShouldBeEmpty();
    }

    [Fact]
    public async Task Checkpoint_WhenItCannotBeRead_LetsAllBeDeliveredAgain()
    {
        _receivers.UsageIsDown = true;
        _options.DrainSeconds = 0;
        using (var journal = await StartAsync())
        {
            await AppendAsync(journal, NewRecords(5));
            await UntilAsync(() => _receivers.Settlements.Count == 5);
            await journal.StopAsync(Cancelled);
        }

        await File.WriteAllTextAsync(Directory.GetFiles(Root, "checkpoint.json", SearchOption.AllDirectories).Single(), "{", Cancelled);
        _receivers.UsageIsDown = false;
        _options.DrainSeconds = 60;
        using var next = await StartAsync();
        await next.StopAsync(Cancelled);

        _receivers.Settlements.Count.ShouldBe(10);
        _receivers.Records.Count.ShouldBe(5);
    }

    [Fact]
    public async Task Segment_WhenBothReceiversHaveIt_IsDeleted()
    {
        _receivers.UsageIsDown = true;
        using var journal = await StartAsync();
        await AppendAsync(journal, NewRecords(1000));
        await UntilAsync(() => _receivers.Settlements.Count == 1000);
        var segments = Directory.GetFiles(Root, "*.segment", SearchOption.AllDirectories).Length;
        segments.ShouldBeGreaterThan(2);

        _receivers.UsageIsDown = false;
        await UntilAsync(() => Directory.GetFiles(Root, "*.segment", SearchOption.AllDirectories).Length == 1);

        _receivers.Records.Count.ShouldBe(1000);
        await journal.StopAsync(Cancelled);
    }

    [Fact]
    public async Task Record_WhenAReceiverRefusesIt_IsSetAsideAndTheRestGoesOn()
    {
        var records = NewRecords(400);
        _receivers.Refuses = record => record.RequestId is "req_7" or "req_300";
        using var journal = await StartAsync();

        await AppendAsync(journal, records);
        await journal.StopAsync(Cancelled);

        _receivers.Settlements.Count.ShouldBe(400);
        _receivers.Records.Select(record => record.RequestId).ShouldBe(records.Select(record => record.RequestId).Except(["req_7", "req_300"]));
        var lines = await File.ReadAllLinesAsync(Directory.GetFiles(Path.Combine(Root, DeadLetters.Folder), "usage-*.jsonl").Single(), Cancelled);
        lines.Length.ShouldBe(2);
        lines[0].ShouldContain("req_7");
        lines[1].ShouldContain("req_300");
    }

    [Fact]
    public async Task DeadLetters_WhenRenamedToRetry_AreDeliveredAtTheNextStart()
    {
        _receivers.Refuses = _ => true;
        using (var journal = await StartAsync())
        {
            await AppendAsync(journal, NewRecords(3));
            await journal.StopAsync(Cancelled);
        }

        var letters = Directory.GetFiles(Path.Combine(Root, DeadLetters.Folder)).Single();
        await File.AppendAllLinesAsync(letters, ["no letter"], Cancelled);
        File.Move(letters, Path.ChangeExtension(letters, ".retry"));
        _receivers.Refuses = _ => false;
        using var next = await StartAsync();
        await next.StopAsync(Cancelled);

        _receivers.Records.Select(record => record.RequestId).ShouldBe(["req_0", "req_1", "req_2"]);
        (await File.ReadAllLinesAsync(letters, Cancelled)).ShouldBe(["no letter"]);
    }

    [Fact]
    public async Task Call_WhenTheJournalIsFull_IsRefusedUntilRecordsAreDelivered()
    {
        _receivers.UsageIsDown = true;
        _options.MaxMegabytes = 1;
        using var journal = await StartAsync();
        var record = NewRecord(model: new string('x', 30_000));
        for (var i = 0; i < 40; i++)
        {
            (await journal.AppendAsync(record)).ShouldBeTrue();
        }

        Should.Throw<GatewayErrorException>(journal.EnsureWritable).Error.Kind.ShouldBe(GatewayErrorKind.Unavailable);
        (await HealthAsync(journal)).ShouldBe(HealthStatus.Unhealthy);
        (await journal.AppendAsync(record)).ShouldBeTrue();

        _receivers.UsageIsDown = false;
        await UntilAsync(() => journal.Refusal is null);
        journal.EnsureWritable();
        (await HealthAsync(journal)).ShouldBe(HealthStatus.Healthy);
        await journal.StopAsync(Cancelled);
        _receivers.Records.Count.ShouldBe(41);
    }

    [Fact]
    public async Task Call_WhenTheDiskIsFull_IsRefusedUntilThereIsRoom()
    {
        using var journal = await StartAsync();
        Disk.FailsToWrite = true;
        Disk.FailsToCreate = true;

        (await journal.AppendAsync(NewRecord(1))).ShouldBeFalse();
        Should.Throw<GatewayErrorException>(journal.EnsureWritable).Error.Kind.ShouldBe(GatewayErrorKind.Unavailable);
        (await HealthAsync(journal)).ShouldBe(HealthStatus.Unhealthy);

        Disk.FailsToWrite = false;
        Disk.FailsToCreate = false;
        await UntilAsync(() => journal.Refusal is null);
        await journal.StopAsync(Cancelled);
        _receivers.Records.ShouldHaveSingleItem().RequestId.ShouldBe("req_1");
        _receivers.Settlements.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Start_WhenTheDiskIsFull_DeliversWhatIsThereAndTakesCallsLater()
    {
        _receivers.LedgerIsDown = true;
        _options.DrainSeconds = 0;
        using (var journal = await StartAsync())
        {
            await journal.AppendAsync(NewRecord(1));
            await journal.StopAsync(Cancelled);
        }

        _receivers.LedgerIsDown = false;
        Disk.FailsToCreate = true;
        using var next = await StartAsync();
        next.Refusal.ShouldNotBeNull();
        await UntilAsync(() => _receivers.Settlements.Count == 1);

        Disk.FailsToCreate = false;
        await UntilAsync(() => next.Refusal is null);
        await next.StopAsync(Cancelled);
    }

    [Fact]
    public async Task Journals_WhenTwoProcessesShareADisk_AreApart()
    {
        _receivers.UsageIsDown = true;
        using var first = await StartAsync();
        using var second = await StartAsync();

        await first.AppendAsync(NewRecord(1));
        await second.AppendAsync(NewRecord(2));

        Directory.GetDirectories(Root).Length.ShouldBe(2);
        _receivers.UsageIsDown = false;
        await first.StopAsync(Cancelled);
        await second.StopAsync(Cancelled);
        _receivers.Records.Select(record => record.RequestId).ShouldBe(["req_1", "req_2"], ignoreOrder: true);
    }

    [Fact]
    public void Options_WhenASegmentIsLargerThanHalfTheJournal_AreRefusedByName()
    {
        var result = new JournalSizeValidator().Validate(null, new JournalOptions { MaxMegabytes = 16, SegmentBytes = 16 * 1024 * 1024 });

        result.FailureMessage!.ShouldContain("SegmentBytes (16777216)");
        result.FailureMessage!.ShouldContain("MaxMegabytes (16)");
    }

    private static IEqualityComparer<CallRecord> RecordComparer { get; }
        = EqualityComparer<CallRecord>.Create((left, right) => left?.Id == right?.Id && left?.Cost == right?.Cost, record => record.Id.GetHashCode());

    private static List<CallRecord> NewRecords(int count) => [.. Enumerable.Range(0, count).Select(number => NewRecord(number))];

    private static async Task AppendAsync(CallJournal journal, List<CallRecord> records)
    {
        foreach (var record in records)
        {
            (await journal.AppendAsync(record)).ShouldBeTrue();
        }
    }

    private static async Task<HealthStatus> HealthAsync(CallJournal journal)
    {
        var check = new JournalHealthCheck(journal);
        var context = new HealthCheckContext { Registration = new HealthCheckRegistration("journal", check, HealthStatus.Unhealthy, tags: null) };
        return (await check.CheckHealthAsync(context, Cancelled)).Status;
    }

    private async Task<CallJournal> StartAsync()
    {
        _options.Directory = Root;
        var journal = new CallJournal(
            _receivers, _receivers, Options.Create(_options), new ConfigurationBuilder().Build(), Disk, TimeProvider.System, Log);
        await journal.StartAsync(Cancelled);
        return journal;
    }
}
