using System.Globalization;
using System.Text;

namespace UsageService.RequestLog;

/// <summary>One line of a CSV file (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe before it.</summary>
internal sealed class CsvRow
{
    private readonly StringBuilder _line = new();

    public CsvRow Add(string? text)
    {
        Separate();
        var safe = text is [('=' or '+' or '-' or '@' or '\t' or '\r' or '\n'), ..] ? $"'{text}" : text;
        if (safe?.AsSpan().IndexOfAny(",\"\r\n") >= 0)
        {
            _line.Append('"').Append(safe.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }
        else
        {
            _line.Append(safe);
        }

        return this;
    }

    /// <summary>A value of our own making, in which no text of anybody's is.</summary>
    public CsvRow Add<T>(T? value)
        where T : struct, IFormattable
    {
        Separate();
        _line.Append(value switch
        {
            null => "",
            DateTime time => time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
            _ => value.Value.ToString(null, CultureInfo.InvariantCulture),
        });
        return this;
    }

    public CsvRow Add(bool flag) => Add(flag ? "true" : "false");

    public string End()
    {
        // The first column of all has something in it, so the separator of the first is the only one to go.
        var line = _line.Append("\r\n").ToString(1, _line.Length - 1);
        _line.Clear();
        return line;
    }

    private void Separate() => _line.Append(',');
}
