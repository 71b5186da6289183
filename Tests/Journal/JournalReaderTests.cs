using System.Buffers;
using System.Text.Json;
using Gateway.Contracts.Usage;
using Gateway.Edge.Accounting.Journal;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Tests.Journal;

public sealed class JournalReaderTests : JournalTest
{
    private readonly CallRecord[] _records = [.. Enumerable.Range(0, 3).Select(number => NewRecord(number))];

    private string Segment => Path.Combine(Root, "000000000001.segment");

    [Fact]
    public void Read_WhenTheTailIsTornAtAnyByte_FindsEveryWholeEntryAndReportsTheRest()
    {
        var entries = _records.Select(Bytes).ToArray();
        var whole = entries.SelectMany(entry => entry).ToArray();
        var last = whole.Length - entries[2].Length;

        for (var length = last; length < whole.Length; length++)
        {
            File.WriteAllBytes(Segment, whole[..length]);
            Log.Lines.Clear();

            ReadAll(Root).ConvertAll(entry => entry.Record!.Id).ShouldBe([_records[0].Id, _records[1].Id]);

            if (length == last)
            {
                Log.Lines.ShouldBeEmpty();
            }
            else
            {
                var line = Log.Lines.ShouldHaveSingleItem();
                line.Level.ShouldBe(LogLevel.Warning);
                line.Text.ShouldContain($"{length - last} bytes");
            }
        }
    }

    [Fact]
    public void Read_WhenAnyByteInTheMiddleIsDamaged_GoesOnWithTheNextEntry()
    {
        var entries = _records.Select(Bytes).ToArray();
        for (var at = 0; at < entries[1].Length; at++)
        {
            var damaged = entries[1].ToArray();
            damaged[at] ^= 0xFF;
            File.WriteAllBytes(Segment, [.. entries[0], .. damaged, .. entries[2]]);
            Log.Lines.Clear();

            ReadAll(Root).ConvertAll(entry => entry.Record!.Id).ShouldBe([_records[0].Id, _records[2].Id]);

            var line = Log.Lines.ShouldHaveSingleItem();
            line.Level.ShouldBe(LogLevel.Error);
            line.Text.ShouldContain($"{damaged.Length} bytes from {entries[0].Length}");
        }
    }

    [Fact]
    public void Read_WhenBytesAreMissingInTheMiddle_GoesOnWithTheNextEntry()
    {
        var entries = _records.Select(Bytes).ToArray();
        for (var cut = 1; cut < entries[1].Length; cut++)
        {
            File.WriteAllBytes(Segment, [.. entries[0], .. entries[1][..cut], .. entries[2]]);

            ReadAll(Root).ConvertAll(entry => entry.Record!.Id).ShouldBe([_records[0].Id, _records[2].Id]);
        }
    }

    [Fact]
    public void Read_WhenDamageIsLongerThanAChunk_GoesOnBehindIt()
    {
        var garbage = new byte[700_000];
        new Random(1).NextBytes(garbage);
        var marks = JournalEntry.Mark.ToArray();
        for (var at = 0; at < garbage.Length - marks.Length; at += 9973)
        {
            marks.CopyTo(garbage, at);
        }

        File.WriteAllBytes(Segment, [.. Bytes(_records[0]), .. garbage, .. Bytes(_records[1])]);

        ReadAll(Root).ConvertAll(entry => entry.Record!.Id).ShouldBe([_records[0].Id, _records[1].Id]);
        Log.Lines.ShouldHaveSingleItem().Text.ShouldContain("700000 bytes");
    }

    [Fact]
    public void Read_WhenAnEntryIsLargerThanAChunk_ReadsItWhole()
    {
        var large = NewRecord(1, model: new string('x', 1_000_000));
        File.WriteAllBytes(Segment, [.. Bytes(_records[0]), .. Bytes(large), .. Bytes(_records[1])]);

        ReadAll(Root).ConvertAll(entry => entry.Record!.Id).ShouldBe([_records[0].Id, large.Id, _records[1].Id]);
        Log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public void Read_WhenAnEntryIsOfAnUnknownType_KeepsItsBytes()
    {
        var entry = Bytes(_records[0]);
        entry[12] = 99;
        BitConverter.TryWriteBytes(entry.AsSpan(8), Crc32C.Compute(entry.AsSpan(12)));
        File.WriteAllBytes(Segment, entry);

        var read = ReadAll(Root).ShouldHaveSingleItem();

        read.Record.ShouldBeNull();
        read.Unreadable.ShouldBe(entry[JournalEntry.HeaderLength..]);
    }

    [Fact]
    public void Read_WhenASegmentIsGone_GoesOnWithTheNextOne()
    {
        File.WriteAllBytes(Segment, Bytes(_records[0]));
        File.WriteAllBytes(Path.Combine(Root, "000000000002.segment"), Bytes(_records[1]));
        var segments = new JournalSegments(JournalSegment.Find(Root));
        File.Delete(Segment);

        ReadAll(segments).ConvertAll(entry => entry.Record!.Id).ShouldBe([_records[1].Id]);
    }

    [Fact]
    public void Crc32C_OfTheCheckString_IsTheStandardsValue() => Crc32C.Compute("123456789"u8).ShouldBe(0xE3069283);

    private static byte[] Bytes(CallRecord record)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(Stream.Null);
        JournalEntry.Write(buffer, json, record);
        return buffer.WrittenSpan.ToArray();
    }
}
