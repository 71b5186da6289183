using System.Buffers;

namespace Gateway.Contracts.Routing;

/// <summary>
/// Reads frames from a stream through one pooled buffer. A data frame may come in several pieces: its bytes are a stream anyway, so
/// nothing waits for the rest of it. Control frames (head, end) come whole.
/// </summary>
public sealed class FrameReader(Stream stream) : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
    private int _start;
    private int _end;
    private int _dataLeft;

    /// <summary>More of a data frame comes.</summary>
    public bool IsInData => _dataLeft > 0;

    /// <summary>The next piece, valid until the next call. A stream that ends between frames gives <c>null</c>.</summary>
    public async ValueTask<(FrameType Type, ReadOnlyMemory<byte> Payload)?> ReadAsync(CancellationToken cancellationToken)
    {
        if (_dataLeft > 0)
        {
            return (FrameType.Data, await ReadDataAsync(cancellationToken));
        }

        while (true)
        {
            if (!await FillAsync(Frames.HeaderLength, endIsAllowed: true, cancellationToken))
            {
                return null;
            }

            var (type, length) = Frames.ReadHeader(_buffer.AsSpan(_start, Frames.HeaderLength));
            _start += Frames.HeaderLength;
            if (type == FrameType.Data)
            {
                _dataLeft = length;
                if (length == 0)
                {
                    continue;
                }

                return (type, await ReadDataAsync(cancellationToken));
            }

            await FillAsync(length, endIsAllowed: false, cancellationToken);
            var payload = _buffer.AsMemory(_start, length);
            _start += length;
            return (type, payload);
        }
    }

    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadDataAsync(CancellationToken cancellationToken)
    {
        await FillAsync(1, endIsAllowed: false, cancellationToken);
        var piece = _buffer.AsMemory(_start, Math.Min(_dataLeft, _end - _start));
        _start += piece.Length;
        _dataLeft -= piece.Length;
        return piece;
    }

    private async ValueTask<bool> FillAsync(int needed, bool endIsAllowed, CancellationToken cancellationToken)
    {
        if (_end - _start >= needed)
        {
            return true;
        }

        MakeRoomFor(needed);
        while (_end - _start < needed)
        {
            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
            {
                return endIsAllowed && _end == _start ? false : throw new EndOfStreamException("The frames broke off.");
            }

            _end += read;
        }

        return true;
    }

    private void MakeRoomFor(int needed)
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }

        if (_buffer.Length - _start >= needed && _end < _buffer.Length)
        {
            return;
        }

        var target = needed <= _buffer.Length ? _buffer : ArrayPool<byte>.Shared.Rent(needed);
        _buffer.AsSpan(_start, _end - _start).CopyTo(target);
        if (!ReferenceEquals(target, _buffer))
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = target;
        }

        (_start, _end) = (0, _end - _start);
    }
}
