using System.IO.Compression;

namespace RoutingService.Providers.Exchanges;

/// <summary>The bytes of an answer. Nobody asked for compression, but some servers compress all the same.</summary>
internal static class UpstreamBody
{
    public static async ValueTask<Stream> OpenAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        return string.Join(',', response.Content.Headers.ContentEncoding).ToLowerInvariant() switch
        {
            "" or "identity" => stream,
            "gzip" or "x-gzip" => new GZipStream(stream, CompressionMode.Decompress),
            "deflate" => new ZLibStream(stream, CompressionMode.Decompress),
            "br" => new BrotliStream(stream, CompressionMode.Decompress),
            var other => throw new InvalidDataException($"The answer is encoded as '{other}'."),
        };
    }
}
