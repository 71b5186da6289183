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
    private DispatchEnd? _end;
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

    /// <summary>The token is watched by <see cref="RemoteCancellation"/>: a read that it cut short would lose the end.</summary>
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
                switch (await _frames.ReadAsync(_cancellation.GivenUp))
                {
                    case (FrameType.Data, var piece):
                        return piece;
                    case (FrameType.Progress, { Length: sizeof(long) } payload):
                        _outputTokens = BinaryPrimitives.ReadInt64LittleEndian(payload.Span);
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
        catch (Exception exception) when (exception is IOException or InvalidDataException or JsonException or HttpRequestException or OperationCanceledException)
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
        _frames.Dispose();
        await _cancellation.DisposeAsync();
    }
}
