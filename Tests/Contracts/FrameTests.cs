using System.Buffers;
using System.Text.Json;
using Gateway.Contracts;
using Gateway.Contracts.Routing;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Contracts;

public sealed class FrameTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Read_WhenTheStreamIsSplitAnywhere_GivesWhatWasWritten(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 20; round++)
        {
            var (bytes, expected) = Write(random);
            var largest = random.Next(1, 3) == 1 ? 3 : 50_000;

            var read = await ReadAllAsync(new SplitStream(bytes, () => random.Next(1, largest)));

            read.ShouldBe(expected);
        }
    }

    [Fact]
    public async Task Read_WhenTheStreamIsCutAnywhere_GivesAnEndOfStreamInsideAFrameAndNullBetweenTwo()
    {
        var output = new ArrayBufferWriter<byte>();
        var boundaries = new HashSet<int> { 0 };
        FrameWriter.WriteControl(output, FrameType.Head, new DispatchHead { Provider = "p" }, ContractsJson.Default.DispatchHead);
        boundaries.Add(output.WrittenCount);
        FrameWriter.WriteData(output, "some bytes"u8);
        boundaries.Add(output.WrittenCount);
        FrameWriter.WriteControl(output, FrameType.End, new DispatchEnd(), ContractsJson.Default.DispatchEnd);
        boundaries.Add(output.WrittenCount);

        for (var length = 0; length <= output.WrittenCount; length++)
        {
            var cut = new SplitStream(output.WrittenSpan[..length].ToArray(), () => 7);
            if (boundaries.Contains(length))
            {
                await ReadAllAsync(cut);
            }
            else
            {
                await Should.ThrowAsync<EndOfStreamException>(() => ReadAllAsync(cut), $"cut at {length}");
            }
        }
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, 5)]
    [InlineData(255, 5)]
    [InlineData(1, -1)]
    [InlineData(2, -1)]
    [InlineData(4, -1)]
    [InlineData(1, Frames.MaxControlLength + 1)]
    [InlineData(3, int.MaxValue)]
    public async Task Read_WhenTheHeaderIsNoneOfOurs_IsRefusedBeforeAnythingIsAllocated(byte type, int length)
    {
        var bytes = new byte[Frames.HeaderLength];
        Frames.WriteHeader(bytes, (FrameType)type, length);
        using var reader = new FrameReader(new MemoryStream(bytes));

        await Should.ThrowAsync<InvalidDataException>(async () => await reader.ReadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Read_WhenAControlFrameIsAsLargeAsAllowed_GivesItWhole()
    {
        var bytes = new byte[Frames.HeaderLength + Frames.MaxControlLength];
        Frames.WriteHeader(bytes, FrameType.End, Frames.MaxControlLength);
        bytes[^1] = 42;
        using var reader = new FrameReader(new SplitStream(bytes, () => 4000));

        var frame = await reader.ReadAsync(CancellationToken.None);

        frame.ShouldNotBeNull().Payload.Length.ShouldBe(Frames.MaxControlLength);
        frame.Value.Payload.Span[^1].ShouldBe((byte)42);
    }

    [Fact]
    public async Task Read_WhenADataFrameIsLargerThanTheBuffer_GivesItInPiecesWithoutWaitingForAllOfIt()
    {
        var bytes = new byte[Frames.HeaderLength + 10];
        Frames.WriteHeader(bytes, FrameType.Data, 1_000_000_000);
        using var reader = new FrameReader(new MemoryStream(bytes));

        var frame = await reader.ReadAsync(CancellationToken.None);

        frame.ShouldNotBeNull().Payload.Length.ShouldBe(10);
    }

    private static (byte[] Bytes, List<string> Expected) Write(Random random)
    {
        var output = new ArrayBufferWriter<byte>();
        var expected = new Transcript();
        for (var frames = random.Next(1, 12); frames > 0; frames--)
        {
            if (random.Next(3) == 0)
            {
                var head = new DispatchHead { Provider = new string('p', random.Next(40_000)), Attempts = random.Next(100) };
                FrameWriter.WriteControl(output, FrameType.Head, head, ContractsJson.Default.DispatchHead);
                expected.Add(FrameType.Head, JsonSerializer.SerializeToUtf8Bytes(head, ContractsJson.Default.DispatchHead));
            }
            else
            {
                var data = new byte[random.Next(4) == 0 ? random.Next(60_000) : random.Next(20)];
                random.NextBytes(data);
                FrameWriter.WriteData(output, data);
                expected.Add(FrameType.Data, data);
            }
        }

        return (output.WrittenSpan.ToArray(), expected.ToList());
    }

    private static async Task<List<string>> ReadAllAsync(Stream stream)
    {
        using var reader = new FrameReader(stream);
        var read = new Transcript();
        while (await reader.ReadAsync(CancellationToken.None) is var (type, payload))
        {
            payload.IsEmpty.ShouldBeFalse();
            read.Add(type, payload.Span);
        }

        return read.ToList();
    }

    /// <summary>What was in the frames. Data is a stream: where one frame of it ends and the next begins says nothing.</summary>
    private sealed class Transcript
    {
        private readonly List<string> _frames = [];
        private readonly ArrayBufferWriter<byte> _data = new();

        public void Add(FrameType type, ReadOnlySpan<byte> payload)
        {
            if (type == FrameType.Data)
            {
                _data.Write(payload);
                return;
            }

            EndData();
            _frames.Add($"{type} {System.Text.Encoding.UTF8.GetString(payload)}");
        }

        public List<string> ToList()
        {
            EndData();
            return _frames;
        }

        private void EndData()
        {
            if (_data.WrittenCount > 0)
            {
                _frames.Add($"Data {Convert.ToHexString(_data.WrittenSpan)}");
                _data.ResetWrittenCount();
            }
        }
    }
}
