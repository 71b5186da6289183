using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Gateway.Llm.Json;

/// <summary>What <see cref="Utf8JsonReader"/> lets through but no string can hold.</summary>
public static class JsonStrings
{
    /// <summary>True when an escaped string has half of a surrogate pair, which has no UTF-8.</summary>
    public static bool HasLoneSurrogate(ReadOnlySpan<byte> escaped)
    {
        var expectsLow = false;
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] != (byte)'\\')
            {
                if (expectsLow)
                {
                    return true;
                }

                continue;
            }

            i++;
            if (escaped[i] != (byte)'u')
            {
                if (expectsLow)
                {
                    return true;
                }

                continue;
            }

            var unit = (char)int.Parse(escaped.Slice(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            i += 4;
            if (char.IsLowSurrogate(unit) != expectsLow)
            {
                return true;
            }

            expectsLow = char.IsHighSurrogate(unit);
        }

        return expectsLow;
    }

    /// <summary>Reads a string for a message to a person: what cannot be shown is replaced, long text is cut.</summary>
    public static string Shorten(string text, int length = 80)
    {
        var builder = new StringBuilder(Math.Min(text.Length, length) + 1);
        foreach (var rune in text.EnumerateRunes())
        {
            if (builder.Length >= length)
            {
                return builder.Append('…').ToString();
            }

            builder.Append(Rune.IsControl(rune) ? "�" : rune.ToString());
        }

        return builder.ToString();
    }
}
