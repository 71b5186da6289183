using System.Buffers.Binary;
using System.Text.Json;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;

namespace Gateway.Edge.Services;

/// <summary>Reads the frames of an answer.</summary>
internal sealed class RemoteDispatch : Dispatch
{
    private readonly HttpResponseMessage _response;
    private readonly FrameReader _frames;
    private readonly RemoteCancellation _cancellation;

    /// <summary>Set while a caller has stopped waiting for a read that goes on.</summary>
    private Task<(FrameType Type, ReadOnlyMemory<byte> Payload)?>? _unfinishedRead;
    private DispatchEnd? _end;
    private long _announcedTokens;
    private long _outputTokens;

    private RemoteDispatch(HttpResponseMessage response, FrameReader frames, RemoteCancellation cancellation, DispatchHead head)
        => (_response, _frames, _cancellation, Head) = (response, frames, cancellation, head);

    public override DispatchHead Head { get; }

    public override DispatchEnd? End => _end;

    public override long OutputTokens => _outputTokens;

    public static async Task<RemoteDispatch> OpenAsync(HttpResponseMessage response, RemoteCancellation cancellation)
    {
        var frames = new FrameReader(await response.Content.ReadAsStreamAsync(cancellation.GivenUp));
        try
        {
            if (await frames.ReadAsync(cancellation.GivenUp) is not (FrameType.Head, var payload)
                || JsonSerializer.Deserialize(payload.Span, ContractsJson.Default.DispatchHead) is not { } head)
            {
                throw new InvalidDataException("An answer begins with its head.");
            }

            return new RemoteDispatch(response, frames, cancellation, head);
        }
        catch
        {
            frames.Dispose();
            response.Dispose();
            throw;
        }
    }

    public override async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        if (_end is not null)
        {
            return default;
        }

        try
        {
            while (true)
            {
                switch (await ReadFrameAsync(cancellationToken))
                {
                    case (FrameType.Data, var piece):
                        // Whoever stops at a count must have all that was counted, and no half of an event.
                        _outputTokens = _frames.IsInData ? _outputTokens : _announcedTokens;
                        return piece;
                    case (FrameType.Progress, { Length: sizeof(long) } payload):
                        _announcedTokens = BinaryPrimitives.ReadInt64LittleEndian(payload.Span);
                        break;
                    case (FrameType.End, var payload):
                        _end = JsonSerializer.Deserialize(payload.Span, ContractsJson.Default.DispatchEnd)
                            ?? throw new InvalidDataException("The end is empty.");
                        return default;
                    default:
                        throw new EndOfStreamException("The frames ended without an end.");
                }
            }
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or JsonException or HttpRequestException
            || (exception is OperationCanceledException && _cancellation.GivenUp.IsCancellationRequested))
        {
            _end = new DispatchEnd
            {
                Error = GatewayError.Unavailable($"A part of the gateway is not available ({ServiceClients.RoutingService})."),
            };
            return default;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (_end is null)
        {
            _cancellation.Request();
            while (!(await ReadAsync(CancellationToken.None)).IsEmpty)
            {
                // What the client did not wait for is not wanted any more; the end behind it is.
            }
        }

        // Closing the connection ends a read that still goes on; only then may its buffer be given back.
        _response.Dispose();
        if (_unfinishedRead is { } read)
        {
            await ((Task)read).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _frames.Dispose();
        await _cancellation.DisposeAsync();
    }

    /// <summary>
    /// Reads without the caller's token: a cancelled read would close the connection, and the end that says what the call used would be lost
    /// with it. The caller stops waiting, the read goes on.
    /// </summary>
    private ValueTask<(FrameType Type, ReadOnlyMemory<byte> Payload)?> ReadFrameAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var read = _unfinishedRead is { } unfinished
            ? new ValueTask<(FrameType, ReadOnlyMemory<byte>)?>(unfinished)
            : _frames.ReadAsync(_cancellation.GivenUp);
        if (!read.IsCompleted)
        {
            return new(WaitAsync(read.AsTask(), cancellationToken));
        }

        _unfinishedRead = null;
        return read;
    }

    private async Task<(FrameType Type, ReadOnlyMemory<byte> Payload)?> WaitAsync(
        Task<(FrameType Type, ReadOnlyMemory<byte> Payload)?> read, CancellationToken cancellationToken)
    {
        _unfinishedRead = read;
        var frame = await read.WaitAsync(cancellationToken);
        _unfinishedRead = null;
        return frame;
    }
}
