using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;

namespace Gateway.Llm.Tokens;

/// <summary>Reads the width and height from the head of a PNG, JPEG, GIF or WebP image in base64.</summary>
internal static class ImageSize
{
    /// <summary>A JPEG says its size after its metadata, which may hold 64 KiB of thumbnail.</summary>
    private const int HeadLength = 96 * 1024;

    public static (int Width, int Height)? Read(ReadOnlySpan<byte> base64)
    {
        var head = base64[..Math.Min(base64.Length, HeadLength / 3 * 4)];
        var rented = ArrayPool<byte>.Shared.Rent(HeadLength);
        try
        {
            Base64.DecodeFromUtf8(head, rented, out _, out var length, isFinalBlock: false);
            return Parse(rented.AsSpan(0, length)) is { Width: > 0, Height: > 0 } size ? size : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static (int Width, int Height)? Parse(ReadOnlySpan<byte> image)
    {
        if (image.Length < 30)
        {
            return null;
        }

        if (image[1..].StartsWith("PNG"u8))
        {
            return (BinaryPrimitives.ReadInt32BigEndian(image[16..]), BinaryPrimitives.ReadInt32BigEndian(image[20..]));
        }

        if (image.StartsWith("GIF8"u8))
        {
            return (BinaryPrimitives.ReadUInt16LittleEndian(image[6..]), BinaryPrimitives.ReadUInt16LittleEndian(image[8..]));
        }

        return image.StartsWith("RIFF"u8) && image[8..].StartsWith("WEBP"u8) ? ParseWebP(image[12..])
            : image[0] == 0xFF && image[1] == 0xD8 ? ParseJpeg(image)
            : null;
    }

    private static (int Width, int Height)? ParseWebP(ReadOnlySpan<byte> chunk)
    {
        if (chunk.StartsWith("VP8X"u8))
        {
            return (1 + (chunk[12] | (chunk[13] << 8) | (chunk[14] << 16)), 1 + (chunk[15] | (chunk[16] << 8) | (chunk[17] << 16)));
        }

        if (chunk.StartsWith("VP8L"u8))
        {
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(chunk[9..]);
            return (1 + (int)(bits & 0x3FFF), 1 + (int)((bits >> 14) & 0x3FFF));
        }

        return chunk.StartsWith("VP8 "u8)
            ? (BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(chunk[16..]) & 0x3FFF)
            : null;
    }

    /// <summary>Goes from segment to segment until the frame header, C0 to CF without C4, C8 and CC.</summary>
    private static (int Width, int Height)? ParseJpeg(ReadOnlySpan<byte> image)
    {
        var position = 2;
        while (position + 9 <= image.Length && image[position] == 0xFF)
        {
            var marker = image[position + 1];
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                return (BinaryPrimitives.ReadUInt16BigEndian(image[(position + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(image[(position + 5)..]));
            }

            position += 2 + BinaryPrimitives.ReadUInt16BigEndian(image[(position + 2)..]);
        }

        return null;
    }
}
