using System.Buffers;

namespace RoutingService.Providers.Exchanges;

/// <summary>A body in a pooled buffer.</summary>
internal sealed class BoundedBody(byte[] buffer, int length)
{
    public ReadOnlyMemory<byte> Memory => buffer.AsMemory(0, length);

    /// <summary>Null when the body is larger than <paramref name="maxBytes"/>.</summary>
    /// <param name="expected">How long the provider says that it is, where it does.</param>
    public static async Task<BoundedBody?> ReadAsync(Stream stream, long? expected, int maxBytes, CancellationToken cancellationToken)
    {
        if (expected > maxBytes)
        {
            return null;
        }

        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min((expected ?? 16 * 1024) + 1, maxBytes + 1L));
        var length = 0;
        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
            if (read == 0)
            {
                return new BoundedBody(buffer, length);
            }

            length += read;
            if (length > maxBytes)
            {
                ArrayPool<byte>.Shared.Return(buffer);
                return null;
            }

            if (length == buffer.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                buffer.AsSpan(0, length).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = larger;
            }
        }
    }

    public void Release() => ArrayPool<byte>.Shared.Return(buffer);
}
