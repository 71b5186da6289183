using System.Buffers;

namespace Gateway.Llm.Json;

/// <summary>
/// A buffer of the pool to write into. A JSON writer asks for three times the room of a text, six times where it may have to be escaped: none of
/// that is allocated here.
/// </summary>
public sealed class PooledOutput : IBufferWriter<byte>, IDisposable
{
    private const int SmallestBuffer = 1024;

    private byte[] _buffer = [];
    private int _length;

    /// <summary>Valid until more is written, or it is disposed.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_buffer.Length - _length));
        _length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsSpan(_length);
    }

    /// <summary>Begins anew in the same buffer.</summary>
    public void Clear() => _length = 0;

    public byte[] ToArray() => Written.ToArray();

    public void Dispose()
    {
        var buffer = _buffer;
        (_buffer, _length) = ([], 0);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void MakeRoom(int sizeHint)
    {
        if (_buffer.Length - _length >= Math.Max(sizeHint, 1))
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(_length + Math.Max(sizeHint, _length)), SmallestBuffer));
        Written.Span.CopyTo(larger);
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = larger;
    }
}
