using System.Text;

namespace Tests.Canaries;

/// <summary>A word that must be found nowhere, in whatever form it is written down.</summary>
internal sealed class Canary
{
    private readonly IReadOnlyList<(string Name, byte[] Bytes)> _forms;

    public Canary(string word)
    {
        Word = word;
        _forms = [.. FormsOf(word)];
    }

    public string Word { get; }

    /// <summary>Null where it is not there.</summary>
    public string? FindIn(ReadOnlySpan<byte> bytes)
    {
        foreach (var (name, form) in _forms)
        {
            if (bytes.IndexOf(form) >= 0)
            {
                return name;
            }
        }

        return null;
    }

    private static IEnumerable<(string Name, byte[] Bytes)> FormsOf(string word)
    {
        var bytes = Encoding.UTF8.GetBytes(word);
        yield return ("UTF-8", bytes);

        // Cut off at either end, it is still most of it.
        yield return ("a part", bytes[(bytes.Length / 4)..^(bytes.Length / 4)]);
        yield return ("UTF-16", Encoding.Unicode.GetBytes(word));
        yield return ("UTF-16, the other way round", Encoding.BigEndianUnicode.GetBytes(word));
        yield return ("hex", Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes)));
        yield return ("hex in capitals", Encoding.ASCII.GetBytes(Convert.ToHexString(bytes)));

        // Within a longer text, base64 of it is one of three, without its ends.
        for (var before = 0; before < 3; before++)
        {
            var text = Convert.ToBase64String([.. new byte[before], .. bytes]);
            yield return ("base64", Encoding.ASCII.GetBytes(text[4..^4]));
            yield return ("base64 for URLs", Encoding.ASCII.GetBytes(text[4..^4].Replace('+', '-').Replace('/', '_')));
        }
    }
}
