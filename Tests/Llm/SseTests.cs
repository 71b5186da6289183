using System.Text;
using Gateway.Llm.ServerSentEvents;
using Shouldly;
using Xunit;

namespace Tests.Llm;

public sealed class SseTests
{
    [Theory]
    [InlineData("data: x\n\n", 9)]
    [InlineData("data: x\r\n\r\n", 11)]
    [InlineData("data: x\r\r", 9)]
    [InlineData("data: x\n\r\n", 10)]
    [InlineData("data: x\r\n\n", 10)]
    [InlineData("data: x\n\nnext", 9)]
    [InlineData("data: x\r\n", 0)]
    [InlineData("data: x\n", 0)]
    [InlineData("data: x\ndata: y\n", 0)]
    [InlineData("data: x\r\ndata: y", 0)]
    [InlineData(": comment\n\ndata: x", 11)]
    [InlineData("", 0)]
    public void FindEnd_WhenAsked_GivesTheLengthWithTheBlankLine(string text, int expected)
        => SseBoundary.FindEnd(Encoding.UTF8.GetBytes(text), 0).ShouldBe(expected);

    [Theory]
    [InlineData("\n", 1)]
    [InlineData("\r\n", 2)]
    [InlineData("\r", 3)]
    [InlineData(null, 4)]
    public void Events_WhenTheStreamIsSplitAnywhere_AreTheSame(string? lineEnd, int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var expected = Enumerable.Range(0, random.Next(1, 8)).Select(i => new string((char)('a' + i), random.Next(1, 40))).ToList();
            var stream = string.Concat(expected.Select(data => $"data: {data}{End()}{(random.Next(5) == 0 ? $": ping{End()}" : "")}{End()}"));

            var (events, bytes) = Read(Encoding.UTF8.GetBytes(stream), random);

            events.ShouldBe(expected, stream.Replace("\r", "\\r", StringComparison.Ordinal));
            Encoding.UTF8.GetString(bytes).ShouldStartWith(stream.TrimEnd('\n'));
        }

        string End() => lineEnd ?? random.GetItems(["\n", "\r\n"], 1)[0];
    }

    [Theory]
    [InlineData("data: x\n\n", "x")]
    [InlineData("data:x\r\n\r\n", "x")]
    [InlineData("data:  x\r\r", " x")]
    [InlineData("event: e\nid: 1\ndata: x\nretry: 5\n\n", "x")]
    [InlineData("data: {\ndata: }\n\n", "{\n}")]
    [InlineData("\ndata: x\n\n", "x")]
    [InlineData("\uFEFFdata: x\n\n", "x")]
    [InlineData(": comment\n\n", "")]
    [InlineData("database: x\n\n", "")]
    [InlineData("data:\n\n", "")]
    [InlineData("data: x", "x")]
    public void Data_WhenAsked_IsThatOfTheDataLines(string text, string expected)
        => Encoding.UTF8.GetString(SseEvent.Data(Encoding.UTF8.GetBytes(text))).ShouldBe(expected);

    /// <summary>As the stream of a provider is read: bytes arrive, whole events are taken from the front.</summary>
    private static (List<string> Events, byte[] Bytes) Read(byte[] stream, Random random)
    {
        var events = new List<string>();
        var taken = new List<byte>();
        var buffer = new List<byte>();
        var searched = 0;
        for (var position = 0; position < stream.Length;)
        {
            var count = Math.Min(random.Next(1, 12), stream.Length - position);
            buffer.AddRange(stream[position..(position + count)]);
            position += count;
            while (SseBoundary.FindEnd(buffer.ToArray(), searched) is > 0 and var length)
            {
                searched = 0;
                var data = Encoding.UTF8.GetString(SseEvent.Data(buffer.ToArray().AsSpan(0, length)));
                taken.AddRange(buffer[..length]);
                buffer.RemoveRange(0, length);
                if (data.Length > 0)
                {
                    events.Add(data);
                }
            }

            searched = buffer.Count;
        }

        return (events, [.. taken]);
    }
}
