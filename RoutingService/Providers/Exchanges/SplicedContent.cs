using System.Net;

namespace RoutingService.Providers.Exchanges;

/// <summary>A client's bytes with a few edits, sent without a copy of the whole.</summary>
internal sealed class SplicedContent(ReadOnlyMemory<byte> body, IReadOnlyList<Edit> edits) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => WriteAsync(stream, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        => WriteAsync(stream, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length + edits.Sum(edit => edit.Replacement.Length - edit.Length);
        return true;
    }

    private async Task WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        var position = 0;
        foreach (var edit in edits)
        {
            await stream.WriteAsync(body[position..edit.Start], cancellationToken);
            await stream.WriteAsync(edit.Replacement, cancellationToken);
            position = edit.Start + edit.Length;
        }

        await stream.WriteAsync(body[position..], cancellationToken);
    }
}

/// <summary>Replaces <paramref name="Length"/> bytes at <paramref name="Start"/>.</summary>
internal readonly record struct Edit(int Start, int Length, byte[] Replacement);
