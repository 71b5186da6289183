using System.Text;

namespace RoutingService.Automatic;

/// <summary>Cuts text where a character ends.</summary>
internal static class TextCut
{
    /// <summary>The start of a text that has at most so many bytes in UTF-8.</summary>
    public static ReadOnlySpan<char> ToUtf8Length(ReadOnlySpan<char> text, int maxBytes)
    {
        // No UTF-16 unit takes more than three bytes.
        if (text.Length <= maxBytes / 3)
        {
            return text;
        }

        var (position, bytes) = (0, 0);
        while (position < text.Length)
        {
            Rune.DecodeFromUtf16(text[position..], out var rune, out var length);
            bytes += rune.Utf8SequenceLength;
            if (bytes > maxBytes)
            {
                break;
            }

            position += length;
        }

        return text[..position];
    }

    public static string ToLength(string text, int maxLength)
        => text.Length <= maxLength ? text
            : char.IsHighSurrogate(text[maxLength - 1]) ? text[..(maxLength - 1)]
            : text[..maxLength];
}
