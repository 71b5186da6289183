using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace RoutingService.Upstream;

/// <summary>
/// A connection as HTTP/1.1 sees it, below it TLS or none. It tells a request whether it is the first one here, lets a request that the provider
/// stops reading have the answer that says why, and is never used again after an answer whose end is in doubt: the next request, of another
/// client, would read what is left over.
/// </summary>
/// <param name="socket">Below it; null where it is not known.</param>
internal sealed class UpstreamConnection(Stream stream, Socket? socket) : Stream
{
    private UpstreamTrace? _serving;
    private bool _isRetired;

    /// <summary>The provider took no more of the request.</summary>
    public bool IsCut { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The exchange may end here; no other begins.</summary>
    public void Retire() => _isRetired = true;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        => UpstreamTrace.Running is { } trace ? ReadAsync(trace, buffer, cancellationToken) : stream.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (UpstreamTrace.Running is not { } trace)
        {
            return stream.WriteAsync(buffer, cancellationToken);
        }

        if (trace != _serving)
        {
            if (_serving is not null && (_isRetired || HasBytesOrIsClosed()))
            {
                // The handler passes a connection straight on to a request that waits for one, without a look at it.
                return ValueTask.FromException(new UnfitConnectionException("The connection is not fit for another request."));
            }

            trace.Connection = this;
            trace.IsReused = _serving is not null;
            _serving = trace;
        }

        return IsCut ? ValueTask.CompletedTask : WriteOrCutAsync(buffer, cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => IsCut ? Task.CompletedTask : stream.FlushAsync(cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override ValueTask DisposeAsync() => stream.DisposeAsync();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            stream.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>The handler reads ahead before it writes a request, to see whether the connection is still there.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadAsync(UpstreamTrace trace, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_isRetired && trace != _serving)
        {
            throw new UnfitConnectionException("The end of the last answer is in doubt.");
        }

        var read = await stream.ReadAsync(buffer, cancellationToken);
        if (read > 0)
        {
            if (trace != _serving)
            {
                Retire();
                throw new UnfitConnectionException("The provider sent what nobody had asked for.");
            }

            trace.HasAnswer = true;
        }

        return read;
    }

    /// <summary>Between two exchanges there is nothing to read, not even an end.</summary>
    private bool HasBytesOrIsClosed()
    {
        try
        {
            return socket?.Poll(TimeSpan.Zero, SelectMode.SelectRead) == true;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }

    private async ValueTask WriteOrCutAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(buffer, cancellationToken);
        }
        catch (IOException)
        {
            // Whatever the provider had to say before is still to be read, and if it is nothing the read fails as this has.
            IsCut = true;
            Retire();
        }
    }
}

/// <summary>Nothing of the request has been written: it can go over another connection.</summary>
internal sealed class UnfitConnectionException(string message) : IOException(message);
