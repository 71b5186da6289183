using System.Buffers;
using Gateway.Contracts.Errors;
using Microsoft.Net.Http.Headers;

namespace Gateway.Edge.Pipeline;

/// <summary>A client's bytes in one pooled buffer, for as long as its call lasts.</summary>
internal sealed class RequestBody : IDisposable
{
    private byte[] _buffer;
    private int _length;

    private RequestBody(int capacity) => _buffer = ArrayPool<byte>.Shared.Rent(capacity);

    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, _length);

    public static async ValueTask<RequestBody> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (!IsJson(request.ContentType))
        {
            throw new GatewayErrorException(new GatewayError(
                GatewayErrorKind.UnsupportedMediaType, "unsupported_media_type", "The content type must be application/json."));
        }

        if (request.Headers.ContentEncoding.Count > 0)
        {
            throw new GatewayErrorException(new GatewayError(
                GatewayErrorKind.UnsupportedMediaType, "unsupported_media_type", "The body must not be compressed."));
        }

        var body = new RequestBody((int)Math.Min((request.ContentLength ?? 4096) + 1, maxBytes + 1L));
        try
        {
            await body.FillAsync(request.Body, cancellationToken);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
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

    /// <summary>Kestrel bounds the length.</summary>
    private async ValueTask FillAsync(Stream stream, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await stream.ReadAsync(_buffer.AsMemory(_length), cancellationToken);
            if (read == 0)
            {
                return;
            }

            _length += read;
            if (_length == _buffer.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
                _buffer.AsSpan(0, _length).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(_buffer);
                _buffer = larger;
            }
        }
    }

    /// <summary>No content type at all is taken for JSON, as the vendors do; a form never is, since any web page could send one.</summary>
    private static bool IsJson(string? contentType)
    {
        if (string.IsNullOrEmpty(contentType))
        {
            return true;
        }

        return MediaTypeHeaderValue.TryParse(contentType, out var type)
            && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
            && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
    }
}
