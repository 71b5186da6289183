using System.Text;

namespace Gateway.Configuration.References;

/// <summary>
/// Text with references in it: <c>${env:NAME}</c>, <c>${env:NAME:-otherwise}</c>, <c>${file:PATH}</c>; <c>$${</c> stands for <c>${</c>.
/// </summary>
internal static class ReferenceText
{
    private const string Start = "${";
    private const string Environment = "env:";
    private const string File = "file:";
    private const string Otherwise = ":-";

    public static bool HasReference(string text) => FindStart(text, 0) >= 0;

    /// <summary>All of it is one reference.</summary>
    public static bool IsReference(string text) => FindStart(text, 0) == 0 && text.IndexOf('}', StringComparison.Ordinal) == text.Length - 1;

    /// <summary>Text that stands for itself, whatever is in it.</summary>
    public static string Escape(string text) => text.Replace(Start, "$" + Start, StringComparison.Ordinal);

    /// <param name="fault">Told what is wrong with a reference; its value is then empty.</param>
    public static string Resolve(string text, ReferenceSource source, Action<string> fault)
    {
        if (!text.Contains(Start, StringComparison.Ordinal))
        {
            return text;
        }

        var result = new StringBuilder();
        var position = 0;
        for (var start = FindStart(text, 0); start >= 0; start = FindStart(text, position))
        {
            result.Append(Unescape(text[position..start]));
            var end = text.IndexOf('}', start);
            if (end < 0)
            {
                fault("A reference begins with '${' and has no end; '$${' stands for '${' itself.");
                return result.ToString();
            }

            result.Append(ValueOf(text[(start + Start.Length)..end], source, fault));
            position = end + 1;
        }

        return result.Append(Unescape(text[position..])).ToString();
    }

    private static string ValueOf(string reference, ReferenceSource source, Action<string> fault)
    {
        if (reference.StartsWith(Environment, StringComparison.Ordinal))
        {
            var name = reference[Environment.Length..];
            var otherwise = name.IndexOf(Otherwise, StringComparison.Ordinal);
            return source.Variable(otherwise < 0 ? name : name[..otherwise], otherwise < 0 ? null : name[(otherwise + Otherwise.Length)..], fault);
        }

        if (reference.StartsWith(File, StringComparison.Ordinal))
        {
            return source.File(reference[File.Length..], fault);
        }

        fault($"'${{{reference}}}' is no reference: there are '${{env:NAME}}', '${{env:NAME:-otherwise}}' and '${{file:PATH}}'; '$${{' stands for '${{' itself.");
        return "";
    }

    private static int FindStart(string text, int from)
    {
        for (var start = text.IndexOf(Start, from, StringComparison.Ordinal); start >= 0; start = text.IndexOf(Start, start + Start.Length, StringComparison.Ordinal))
        {
            if (start == 0 || text[start - 1] != '$')
            {
                return start;
            }
        }

        return -1;
    }

    private static string Unescape(string text) => text.Replace("$" + Start, Start, StringComparison.Ordinal);
}
