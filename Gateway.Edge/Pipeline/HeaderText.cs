using System.Text;

namespace Gateway.Edge.Pipeline;

/// <summary>A header holds visible ASCII; anything else in a name would be a 500, or another header.</summary>
internal static class HeaderText
{
    public static string Encode(string text)
    {
        if (text.All(character => character is >= ' ' and <= '~' and not '%'))
        {
            return text;
        }

        var encoded = new StringBuilder(text.Length + 16);
        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            if (value is >= (byte)' ' and <= (byte)'~' and not (byte)'%')
            {
                encoded.Append((char)value);
            }
            else
            {
                encoded.Append('%').Append(value.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        return encoded.ToString();
    }
}
