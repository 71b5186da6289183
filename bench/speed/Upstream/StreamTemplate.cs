using System.Buffers;
using System.Text;

namespace Bench.Speed.Upstream;

/// <summary>The bytes of a stream around its texts: a head, a chunk with one slot, and a tail whose slots take the whole text.</summary>
internal sealed class StreamTemplate
{
    /// <summary>A control character, which JSON cannot hold as such.</summary>
    public const string Slot = "\u0001";

    private readonly byte[] _head;
    private readonly byte[] _beforeText;
    private readonly byte[] _afterText;
    private readonly byte[][] _tail;

    public StreamTemplate(string head, string chunk, string tail)
    {
        _head = Encoding.UTF8.GetBytes(head);
        var around = chunk.Split(Slot);
        (_beforeText, _afterText) = (Encoding.UTF8.GetBytes(around[0]), Encoding.UTF8.GetBytes(around[1]));
        _tail = [.. tail.Split(Slot).Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>The first chunk has the head before it, the last one the tail behind it.</summary>
    /// <param name="text">What has been sent so far; this chunk's is added.</param>
    public void WriteChunk(IBufferWriter<byte> output, int number, byte[] text)
    {
        if (number == 0)
        {
            output.Write(_head);
        }

        var marker = text.AsSpan(number * Marker.Length, Marker.Length);
        Marker.Write(marker, number, Marker.Now);
        output.Write(_beforeText);
        output.Write(marker);
        output.Write(_afterText);
        if (number < Marker.ChunksOfStream - 1)
        {
            return;
        }

        for (var part = 0; part < _tail.Length; part++)
        {
            output.Write(part == 0 ? [] : text);
            output.Write(_tail[part]);
        }
    }
}
