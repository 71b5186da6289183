using Gateway.Edge.Accounting.Journal;
using Shouldly;
using Xunit;

namespace Tests.Journal;

public sealed class JournalTailTests : JournalTest
{
    [Fact]
    public async Task Read_WhenTheReaderFollowsClosely_NeedsNoFile()
    {
        var segments = new JournalSegments();
        var (writer, _) = NewWriter(segments, new JournalOptions { SegmentBytes = 64 * 1024 });
        var records = Enumerable.Range(0, 300).Select(number => NewRecord(number, new string('x', 500))).ToList();
        foreach (var record in records)
        {
            (await writer.AppendAsync(record)).ShouldBeTrue();
        }

        foreach (var file in Directory.GetFiles(Root))
        {
            File.Delete(file);
        }

        // The same objects, over the borders of several segments.
        segments.From(4).ShouldNotBeNull();
        ReadAll(segments).Select(call => call.Record).ShouldBe(records);
    }

    [Fact]
    public async Task Read_WhenTheReaderIsFarBehind_GoesOnFromTheFilesAndComesToTheTail()
    {
        var segments = new JournalSegments();
        var (writer, segmentWriter) = NewWriter(segments, new JournalOptions { SegmentBytes = 64 * 1024 });
        var records = Enumerable.Range(0, JournalTail.Capacity + 500).Select(number => NewRecord(number)).ToList();
        foreach (var record in records)
        {
            await writer.AppendAsync(record);
        }

        segmentWriter.Sync();
        var read = ReadAll(segments);

        read.Select(call => call.Record!.Id).ShouldBe(records.Select(record => record.Id));
        read[0].Record.ShouldNotBeSameAs(records[0]);
        read[^1].Record.ShouldBeSameAs(records[^1]);
        Log.Lines.ShouldBeEmpty();
    }
}
