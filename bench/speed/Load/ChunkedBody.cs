using System.Buffers;
using System.Buffers.Text;

namespace Bench.Speed.Load;

/// <summary>The body of an answer without its framing, as it arrives.</summary>
internal sealed class ChunkedBody
{
    private readonly ArrayBufferWriter<byte> _bytes = new(4096);
    private Part _part;
    private int _left;

    private enum Part
    {
        Whole,
        Size,
        Data,
        DataEnd,
        Trailer,
        Done,
    }

    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    public bool IsComplete => _part == Part.Done;

    public void Clear() => _bytes.ResetWrittenCount();

    public void Begin(int length) => (_part, _left) = (length == 0 ? Part.Done : Part.Whole, length);

    public void BeginChunks() => _part = Part.Size;

    /// <returns>How many of the bytes are used up; the others are to be given again, with more behind them.</returns>
    public int Take(ReadOnlySpan<byte> source)
    {
        var taken = 0;
        while (_part != Part.Done && Step(source[taken..]) is > 0 and var length)
        {
            taken += length;
        }

        return taken;
    }

    private int Step(ReadOnlySpan<byte> source)
    {
        if (_part is Part.Whole or Part.Data)
        {
            var length = Math.Min(_left, source.Length);
            _bytes.Write(source[..length]);
            _left -= length;
            _part = _left > 0 ? _part : _part == Part.Whole ? Part.Done : Part.DataEnd;
            return length;
        }

        var line = source.IndexOf("\r\n"u8);
        if (line < 0)
        {
            return 0;
        }

        if (_part == Part.Size)
        {
            _left = Utf8Parser.TryParse(source[..line], out int size, out _, 'x') ? size : throw new IOException("A chunk without a size.");
            _part = size == 0 ? Part.Trailer : Part.Data;
        }
        else
        {
            _part = _part == Part.DataEnd ? Part.Size : line == 0 ? Part.Done : Part.Trailer;
        }

        return line + 2;
    }
}
