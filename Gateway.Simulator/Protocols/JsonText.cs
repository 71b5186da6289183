using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace Gateway.Simulator.Protocols;

internal static class JsonText
{
    /// <summary>A JSON string. Half a character is escaped as it is, where an encoder would put a replacement.</summary>
    public static string Quote(string text)
    {
        if (!HasHalf(text))
        {
            return $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";
        }

        var quoted = new StringBuilder("\"");
        for (var index = 0; index < text.Length; index++)
        {
            var length = char.IsSurrogatePair(text, index) ? 2 : 1;
            quoted.Append(length == 1 && char.IsSurrogate(text[index])
                ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)text[index]:x4}")
                : JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text.Substring(index, length)));
            index += length - 1;
        }

        return quoted.Append('"').ToString();
    }

    private static bool HasHalf(string text)
    {
        for (var index = 0; index < text.Length; index++)
        {
            if (!char.IsSurrogate(text[index]))
            {
                continue;
            }

            if (!char.IsSurrogatePair(text, index))
            {
                return true;
            }

            index++;
        }

        return false;
    }
}
