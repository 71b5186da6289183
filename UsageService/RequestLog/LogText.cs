using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace UsageService.RequestLog;

/// <summary>
/// Text of a client's or a provider's in the log. PostgreSQL takes neither NUL nor half a surrogate pair, and a record that cannot be
/// stored would hold up all that come after it.
/// </summary>
internal static class LogText
{
    private const int MaxLength = 500;

    [return: NotNullIfNotNull(nameof(text))]
    public static string? Clean(string? text)
    {
        if (text is null || (text.Length <= MaxLength && !text.Contains('\0') && !text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')))
        {
            return text;
        }

        var cleaned = new StringBuilder(Math.Min(text.Length, MaxLength));
        foreach (var rune in text.EnumerateRunes())
        {
            if (cleaned.Length + rune.Utf16SequenceLength > MaxLength)
            {
                break;
            }

            cleaned.Append((rune.Value == 0 ? Rune.ReplacementChar : rune).ToString());
        }

        return cleaned.ToString();
    }
}
