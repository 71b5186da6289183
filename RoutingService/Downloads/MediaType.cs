using System.Text.Unicode;

namespace RoutingService.Downloads;

/// <summary>The types of files that are downloaded, and how their bytes begin.</summary>
internal sealed record MediaType(string Name, bool IsImage, Func<ReadOnlySpan<byte>, bool> Fits)
{
    private static readonly MediaType[] All =
    [
        new("image/jpeg", IsImage: true, static bytes => bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])),
        new("image/png", IsImage: true, static bytes => bytes.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])),
        new("image/gif", IsImage: true, static bytes => bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8)),
        new("image/webp", IsImage: true, static bytes => bytes.StartsWith("RIFF"u8) && bytes.Length >= 12 && bytes[8..].StartsWith("WEBP"u8)),
        new("application/pdf", IsImage: false, static bytes => bytes.StartsWith("%PDF-"u8)),
        new("text/plain", IsImage: false, IsText),
        new("text/csv", IsImage: false, IsText),
        new("text/html", IsImage: false, IsText),
        new("text/markdown", IsImage: false, IsText),
    ];

    public static MediaType? Find(string? name, bool isImage)
        => Array.Find(All, type => type.IsImage == isImage && type.Name.Equals(name == "image/jpg" ? "image/jpeg" : name, StringComparison.OrdinalIgnoreCase));

    public static string Names(bool isImage) => string.Join(", ", All.Where(type => type.IsImage == isImage).Select(type => type.Name));

    private static bool IsText(ReadOnlySpan<byte> bytes) => Utf8.IsValid(bytes) && !bytes.Contains((byte)0);
}
