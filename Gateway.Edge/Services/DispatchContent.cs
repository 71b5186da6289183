using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Gateway.Contracts;
using Gateway.Contracts.Routing;

namespace Gateway.Edge.Services;

/// <summary>A dispatch on the wire: its head, and the client's bytes without a copy.</summary>
internal sealed class DispatchContent : HttpContent
{
    private readonly byte[] _head;
    private readonly ReadOnlyMemory<byte> _body;

    public DispatchContent(DispatchRequest request, ReadOnlyMemory<byte> body)
    {
        var head = JsonSerializer.SerializeToUtf8Bytes(request, ContractsJson.Default.DispatchRequest);
        _head = new byte[(2 * Frames.HeaderLength) + head.Length];
        Frames.WriteHeader(_head, FrameType.Head, head.Length);
        head.CopyTo(_head.AsSpan(Frames.HeaderLength));
        Frames.WriteHeader(_head.AsSpan(Frames.HeaderLength + head.Length), FrameType.Data, body.Length);
        _body = body;
        Headers.ContentType = new MediaTypeHeaderValue(Frames.ContentType);
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context) => await WriteAsync(stream, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        => WriteAsync(stream, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = _head.Length + _body.Length;
        return true;
    }

    private async Task WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(_head, cancellationToken);
        await stream.WriteAsync(_body, cancellationToken);
    }
}
