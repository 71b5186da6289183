using System.Globalization;
using System.Text;
using System.Text.Json;

namespace UsageService.Reconciliation;

/// <summary>Reads an export of OpenAI or Anthropic, of their APIs (JSON) or of their consoles (CSV): the shapes are in docs/prices.md.</summary>
internal static class ExportReader
{
    public const int MaxBytes = 20 * 1024 * 1024;
    private const decimal MaxAmount = 1_000_000_000_000_000m;
    private const int MaxNameLength = 200;

    public static ProviderExport Read(ReadOnlyMemory<byte> bytes)
    {
        var text = Decode(bytes.Span).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        var lines = text.Length == 0 ? throw new ExportException("There is nothing in it.")
            : text[0] is '{' or '[' ? JsonExport.Read(Parse(text))
            : CsvExport.Read(text);
        return lines.Count == 0 ? throw new ExportException("It has no usage in it.") : new ProviderExport(lines);
    }

    /// <summary>Whole and not negative. A cell that a spreadsheet would take for a formula is no number.</summary>
    public static decimal Number(string text, string place)
        => decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number) && number is >= 0 and <= MaxAmount
            ? number
            : throw new ExportException($"{place} is no number from 0 on.");

    public static decimal Number(JsonElement value, string place) => value.ValueKind switch
    {
        JsonValueKind.Number => Number(value.GetRawText(), place),
        JsonValueKind.String => Number(value.GetString()!, place),
        JsonValueKind.Null => 0,
        _ => throw new ExportException($"{place} is no number from 0 on."),
    };

    /// <summary>Unix seconds, or a date with or without its time, in UTC.</summary>
    public static DateOnly Day(string text, string place)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 100_000_000 and < 100_000_000_000)
        {
            return DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime);
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? DateOnly.FromDateTime(time.UtcDateTime)
            : throw new ExportException($"{place} is no date.");
    }

    public static string? Model(string? name, string place)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            return null;
        }

        return name.Length <= MaxNameLength && !name.Any(char.IsControl) ? name : throw new ExportException($"{place} is no model's name.");
    }

    private static string Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (ArgumentException exception)
        {
            throw new ExportException("It is not text in UTF-8.", exception);
        }
    }

    private static JsonElement Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw new ExportException($"It is not JSON (line {exception.LineNumber + 1}).", exception);
        }
    }
}
