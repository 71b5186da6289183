using System.Net;

namespace RoutingService.Upstream;

/// <summary>Content that notes when all of it has been written.</summary>
internal sealed class TracedContent : HttpContent
{
    private readonly HttpContent _content;
    private readonly UpstreamTrace _trace;

    public TracedContent(HttpContent content, UpstreamTrace trace)
    {
        (_content, _trace) = (content, trace);
        foreach (var header in content.Headers.NonValidated)
        {
            Headers.TryAddWithoutValidation(header.Key, header.Value);
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await _content.CopyToAsync(stream, context, cancellationToken);
        _trace.IsWritten = true;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _content.Headers.ContentLength ?? 0;
        return _content.Headers.ContentLength is not null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _content.Dispose();
        }

        base.Dispose(disposing);
    }
}
