using Gateway.Edge.Accounting.Journal;
using Shouldly;
using Xunit;

namespace Tests.Journal;

public sealed class JournalWriterTests : JournalTest
{
    private readonly JournalSegments _segments = new();

    [Fact]
    public async Task Append_WhenManyComeDuringAWrite_SharesTheNextOne()
    {
        var (writer, _) = NewWriter(_segments);
        Disk.Block();
        var first = Task.Run(() => writer.AppendAsync(NewRecord()).AsTask(), Cancelled);
        await Disk.Arrived.Task.WaitAsync(Cancelled);
        var others = Enumerable.Range(1, 1000).Select(number => writer.AppendAsync(NewRecord(number)).AsTask()).ToArray();

        others.ShouldAllBe(append => !append.IsCompleted);
        Disk.Release();
        (await first).ShouldBeTrue();
        (await Task.WhenAll(others)).ShouldAllBe(isWritten => isWritten);

        Disk.Writes.ShouldBe(2);
        ReadAll(_segments).ConvertAll(entry => entry.Record!.RequestId).ShouldBe(Enumerable.Range(0, 1001).Select(number => $"req_{number}"));
    }

    [Fact]
    public async Task Append_WhenThreadsCompete_WritesEachRecordOnce()
    {
        var (writer, _) = NewWriter(_segments, new JournalOptions { SegmentBytes = 64 * 1024 });
        var records = Enumerable.Range(0, 8).Select(thread => Enumerable.Range(0, 500).Select(number => NewRecord((thread * 1000) + number)).ToList()).ToList();

        await Task.WhenAll(records.Select(mine => Task.Run(
            async () =>
            {
                foreach (var record in mine)
                {
                    (await writer.AppendAsync(record)).ShouldBeTrue();
                }
            },
            Cancelled)));

        ReadAll(_segments).ConvertAll(entry => entry.Record!.Id).ShouldBe(records.SelectMany(mine => mine).Select(record => record.Id), ignoreOrder: true);
        Log.Lines.ShouldBeEmpty();
        Directory.GetFiles(Root, "*.segment").Length.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task Append_WhenTheDiskIsFull_KeepsTheRecordUntilThereIsRoom()
    {
        var (writer, _) = NewWriter(_segments);
        await writer.AppendAsync(NewRecord(0));
        Disk.FailsToWrite = true;

        (await writer.AppendAsync(NewRecord(1))).ShouldBeFalse();
        (await writer.AppendAsync(NewRecord(2))).ShouldBeFalse();
        writer.Failure.ShouldNotBeNull();
        writer.Recover();
        writer.Failure.ShouldNotBeNull();
        ReadAll(_segments).Count.ShouldBe(1);

        Disk.FailsToWrite = false;
        writer.Recover();
        writer.Failure.ShouldBeNull();
        (await writer.AppendAsync(NewRecord(3))).ShouldBeTrue();
        ReadAll(_segments).ConvertAll(entry => entry.Record!.RequestId).ShouldBe(["req_0", "req_1", "req_2", "req_3"]);
    }

    [Fact]
    public async Task Append_WhenTheDiskBecomesFullWhileManyWait_LetsThemGo()
    {
        var (writer, _) = NewWriter(_segments);
        Disk.Block();
        Disk.FailsToWrite = true;
        var first = Task.Run(() => writer.AppendAsync(NewRecord()).AsTask(), Cancelled);
        await Disk.Arrived.Task.WaitAsync(Cancelled);
        var others = Enumerable.Range(1, 100).Select(number => writer.AppendAsync(NewRecord(number)).AsTask()).ToArray();

        Disk.Release();
        (await first).ShouldBeFalse();
        (await Task.WhenAll(others)).ShouldAllBe(isWritten => !isWritten);

        Disk.FailsToWrite = false;
        writer.Recover();
        ReadAll(_segments).ConvertAll(entry => entry.Record!.RequestId).ShouldBe(Enumerable.Range(0, 101).Select(number => $"req_{number}"));
    }

    [Fact]
    public async Task Append_WhenNoNewSegmentCanBeMade_GoesOnInTheOldOneAndSaysSo()
    {
        var (writer, _) = NewWriter(_segments, new JournalOptions { SegmentBytes = 64 * 1024 });
        Disk.FailsToCreate = true;
        for (var i = 0; i < 3; i++)
        {
            (await writer.AppendAsync(NewRecord(i, model: new string('x', 40_000)))).ShouldBeTrue();
        }

        writer.Failure.ShouldNotBeNull();
        Disk.FailsToCreate = false;
        writer.Recover();
        writer.Failure.ShouldBeNull();
        (await writer.AppendAsync(NewRecord(3))).ShouldBeTrue();
        ReadAll(_segments).Count.ShouldBe(4);
        Directory.GetFiles(Root, "*.segment").Length.ShouldBe(2);
    }

    [Fact]
    public async Task Append_WhenSyncIsAlways_IsSyncedFirst()
    {
        var (writer, _) = NewWriter(_segments, new JournalOptions { Sync = JournalSync.Always });

        (await writer.AppendAsync(NewRecord())).ShouldBeTrue();

        Disk.Events.ShouldBe(["create", "write", "sync"]);
    }

    [Fact]
    public async Task Append_WhenASyncFails_WritesTheRecordAgainToAnotherSegment()
    {
        var (writer, _) = NewWriter(_segments, new JournalOptions { Sync = JournalSync.Always });
        Disk.FailsToSync = true;

        (await writer.AppendAsync(NewRecord(1))).ShouldBeFalse();
        Disk.FailsToSync = false;
        writer.Recover();

        writer.Failure.ShouldBeNull();
        ReadAll(_segments).ShouldHaveSingleItem().Record!.RequestId.ShouldBe("req_1");
        Directory.GetFiles(Root, "*.segment").Length.ShouldBe(2);
    }

    [Fact]
    public async Task Sync_WhenNothingWasWritten_DoesNothing()
    {
        var (writer, segmentWriter) = NewWriter(_segments);
        await writer.AppendAsync(NewRecord());

        segmentWriter.Sync();
        segmentWriter.Sync();

        Disk.Events.ShouldBe(["create", "write", "sync"]);
    }
}
