using System.Text.Json;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;

namespace Gateway.Edge.Services;

/// <summary>Reads the frames of an answer.</summary>
internal sealed class RemoteDispatch : Dispatch
{
    private static readonly TimeSpan CancelPatience = TimeSpan.FromSeconds(2);

    private readonly HttpClient _client;
    private readonly Guid _callId;
    private readonly HttpResponseMessage _response;
    private readonly FrameReader _frames;

    /// <summary>Set while a caller has stopped waiting for a read that goes on.</summary>
    private Task<(FrameType Type, ReadOnlyMemory<byte> Payload)?>? _unfinishedRead;
    private DispatchEnd? _end;

    private RemoteDispatch(HttpClient client, Guid callId, HttpResponseMessage response, FrameReader frames, DispatchHead head)
        => (_client, _callId, _response, _frames, Head) = (client, callId, response, frames, head);

    public override DispatchHead Head { get; }

    public override DispatchEnd? End => _end;

    public static async Task<RemoteDispatch> OpenAsync(
        HttpClient client, Guid callId, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var frames = new FrameReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        try
        {
            if (await frames.ReadAsync(cancellationToken) is not (FrameType.Head, var payload)
                || JsonSerializer.Deserialize(payload.Span, ContractsJson.Default.DispatchHead) is not { } head)
            {
                throw new InvalidDataException("An answer begins with its head.");
            }

            return new RemoteDispatch(client, callId, response, frames, head);
        }
        catch
        {
            frames.Dispose();
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
            switch (await ReadFrameAsync(cancellationToken))
            {
                case (FrameType.Data, var piece):
                    return piece;
                case (FrameType.End, var payload):
                    _end = JsonSerializer.Deserialize(payload.Span, ContractsJson.Default.DispatchEnd)
                        ?? throw new InvalidDataException("The end is empty.");
                    return default;
                default:
                    throw new EndOfStreamException("The frames ended without an end.");
            }
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or JsonException or HttpRequestException)
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
            await CancelAsync();
        }

        // Closing the connection ends a read that still goes on; only then may its buffer be given back.
        _response.Dispose();
        if (_unfinishedRead is { } read)
        {
            await ((Task)read).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _frames.Dispose();
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
            : _frames.ReadAsync(CancellationToken.None);
        return read.IsCompleted ? Finished(read) : new(WaitAsync(read.AsTask(), cancellationToken));
    }

    private ValueTask<(FrameType Type, ReadOnlyMemory<byte> Payload)?> Finished(ValueTask<(FrameType Type, ReadOnlyMemory<byte> Payload)?> read)
    {
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

    /// <summary>Stops the call and waits, for a short time, for the end that says what it used.</summary>
    private async Task CancelAsync()
    {
        using var patience = new CancellationTokenSource(CancelPatience);
        try
        {
            using var response = await _client.PostAsync($"{RouterRoutes.Cancel}/{_callId}", content: null, patience.Token);
            while (!(await ReadAsync(patience.Token)).IsEmpty)
            {
                // What the client did not wait for is not wanted any more.
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException)
        {
            // The end is lost: closing the connection stops the call all the same.
        }
    }
}
