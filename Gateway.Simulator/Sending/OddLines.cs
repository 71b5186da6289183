using System.Text;

namespace Gateway.Simulator.Sending;

/// <summary>Writes the events of a stream in every way that the standard allows.</summary>
internal static class OddLines
{
    private static readonly string[] LineEnds = ["\n", "\r\n", "\r"];

    public static List<ReadOnlyMemory<byte>> Rewrite(List<ReadOnlyMemory<byte>> events)
        => [.. events.Select((bytes, index) => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(Rewrite(Encoding.UTF8.GetString(bytes.Span), index)))];

    private static string Rewrite(string text, int index)
    {
        var lineEnd = LineEnds[index % LineEnds.Length];
        var colon = index % 2 == 0 ? ":" : ": ";
        var written = new StringBuilder(index == 0 ? "\uFEFF" : "");
        if (index % 4 == 1)
        {
            written.Append(": a comment").Append(lineEnd);
        }

        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = line.Split(':', 2) is [var before, var after] ? (before, after.TrimStart(' ')) : (line, "");
            if (name == "data" && value.StartsWith('{') && index % 5 == 2)
            {
                // A line break between two tokens is part of no value.
                written.Append(name).Append(colon).Append('{').Append(lineEnd);
                value = value[1..];
            }

            written.Append(name).Append(colon).Append(value).Append(lineEnd);
        }

        return written.Append(lineEnd).ToString();
    }
}
