using System.Buffers.Binary;
using System.Text;
using RoutingService.Providers.Bedrock;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Providers;

public sealed class EventStreamTests
{
    public static IEnumerable<TheoryDataRow<string>> Vectors(bool valid)
    {
        var folder = Folder();
        return folder is null
            ? [new TheoryDataRow<string>("vectors") { Skip = "The specs are not here." }]
            : Directory.EnumerateFiles(folder, valid ? "valid_*" : "invalid_*").Order(StringComparer.Ordinal)
                .Select(file => new TheoryDataRow<string>(Path.GetFileName(file)));
    }

    [Theory, MemberData(nameof(Vectors), false)]
    public void Message_WhenInvalid_IsRefused(string name)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Folder()!, name));

        Should.Throw<EventStreamException>(() => EventStreamMessage.Parse(bytes).Payload.Length);
    }

    [Theory, MemberData(nameof(Vectors), true)]
    public void Message_WhenValid_IsRead(string name)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Folder()!, name));

        var payload = Encoding.UTF8.GetString(EventStreamMessage.Parse(bytes).Payload);

        payload.ShouldBe(name == "valid_empty_payload" ? "" : name == "valid_no_headers" ? "another test payload" : "some payload");
        EventStreamMessage.FindEnd(bytes.AsSpan(0, bytes.Length - 1)).ShouldBe(0);
        EventStreamMessage.FindEnd([.. bytes, 1, 2, 3]).ShouldBe(bytes.Length);
    }

    [Fact]
    public void Headers_WhenOfEveryType_AreRead()
    {
        Assert.SkipWhen(Folder() is null, "the specs are not here");
        var message = EventStreamMessage.Parse(File.ReadAllBytes(Path.Combine(Folder()!, "valid_with_all_headers_and_payload")));
        var read = new List<string>();
        foreach (var header in message.Headers)
        {
            var value = header.Type switch
            {
                EventStreamHeaderType.True => "true",
                EventStreamHeaderType.False => "false",
                EventStreamHeaderType.Byte => header.Value[0].ToString(),
                EventStreamHeaderType.Int16 => BinaryPrimitives.ReadInt16BigEndian(header.Value).ToString(),
                EventStreamHeaderType.Int32 => BinaryPrimitives.ReadInt32BigEndian(header.Value).ToString(),
                EventStreamHeaderType.Int64 or EventStreamHeaderType.Timestamp => BinaryPrimitives.ReadInt64BigEndian(header.Value).ToString(),
                EventStreamHeaderType.Uuid => Convert.ToHexStringLower(header.Value),
                _ => Encoding.UTF8.GetString(header.Value),
            };
            read.Add($"{Encoding.UTF8.GetString(header.Name)}={value}");
        }

        read.ShouldBe([
            "true=true", "false=false", "byte=50", "short=20000", "int=500000", "long=50000000000", "bytes=some bytes", "str=some str",
            "time=5000000000", "uuid=b79bc914de214e13b8b2bc47e85b7f0b",
        ]);
        Encoding.UTF8.GetString(message.FindText("str"u8)).ShouldBe("some str");
        message.FindText("bytes"u8).Length.ShouldBe(0);
    }

    [Fact]
    public void Message_WhenAnyBitIsFlipped_IsRefused()
    {
        Assert.SkipWhen(Folder() is null, "the specs are not here");
        var bytes = File.ReadAllBytes(Path.Combine(Folder()!, "valid_with_all_headers_and_payload"));
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var broken = (byte[])bytes.Clone();
            broken[bit / 8] ^= (byte)(1 << (bit % 8));
            Should.Throw<EventStreamException>(() => EventStreamMessage.Parse(broken).Payload.Length, $"bit {bit}");
        }
    }

    private static string? Folder() => Repository.Specs is { } specs ? Path.Combine(specs, "eventstream", "smithy-rs-test_data") : null;
}
