using System.Text;

namespace UsageService.Reconciliation;

/// <summary>The files of the vendors' consoles, by the names of their columns; columns that are not known here are passed over.</summary>
internal static class CsvExport
{
    private const int MaxRows = 500_000;
    private const int MaxColumns = 200;

    private static readonly string[] DayNames = ["start_time", "start_time_iso", "usage_date_utc", "date", "starting_at"];
    private static readonly string[] ModelNames = ["model", "model_version", "line_item"];
    private static readonly string[] CostNames = ["amount_value", "cost_usd"];

    public static List<ExportLine> Read(string text)
    {
        var rows = Rows(text).Where(row => row.Count > 1 || row[0].Length > 0);
        List<string>? head = null;
        var lines = new List<ExportLine>();
        var number = 0;
        foreach (var row in rows)
        {
            number++;
            if (head is null)
            {
                head = [.. row.Select(name => name.Trim().ToLowerInvariant())];
                Require(head);
                continue;
            }

            if (row.Count != head.Count)
            {
                throw new ExportException($"Row {number} has {row.Count} columns, and the first has {head.Count}.");
            }

            ReadRow(head, row, number, lines);
        }

        return lines;
    }

    private static void Require(List<string> head)
    {
        if (!DayNames.Any(head.Contains) || !(head.Contains("input_tokens") || head.Contains("usage_input_tokens_no_cache") || CostNames.Any(head.Contains)))
        {
            throw new ExportException(
                "It is not CSV of a console: a column of days is looked for (start_time, usage_date_utc, date), and one of tokens or cost (input_tokens, usage_input_tokens_no_cache, amount_value, cost_usd).");
        }
    }

    private static void ReadRow(List<string> head, List<string> row, int number, List<ExportLine> lines)
    {
        var day = ExportReader.Day(First(DayNames)!, $"The day of row {number}");
        var model = ExportReader.Model(First(ModelNames), $"The model of row {number}");
        if (First(CostNames) is { Length: > 0 } cost)
        {
            var comma = model?.IndexOf(',', StringComparison.Ordinal) ?? -1;
            lines.Add(new ExportLine(day, comma > 0 ? model![..comma] : model, ExportBuckets.Cost, ExportReader.Number(cost, $"The cost of row {number}")));
        }
        else if (Cell("usage_input_tokens_no_cache") is not null)
        {
            lines.Add(new ExportLine(day, model, ExportBuckets.Input, Count("usage_input_tokens_no_cache")));
            lines.Add(new ExportLine(day, model, ExportBuckets.CacheRead, Count("usage_input_tokens_cache_read")));
            lines.Add(new ExportLine(day, model, ExportBuckets.CacheWrite5Minutes, Count("usage_input_tokens_cache_write_5m")));
            lines.Add(new ExportLine(day, model, ExportBuckets.CacheWrite1Hour, Count("usage_input_tokens_cache_write_1h")));
            lines.Add(new ExportLine(day, model, ExportBuckets.Output, Count("usage_output_tokens")));
        }
        else if (Cell("input_tokens") is not null)
        {
            lines.AddRange(OpenAILines.Of(
                day, model, Count("input_tokens"), Count("input_cached_tokens"), Cell("input_cache_write_tokens") is null ? null : Count("input_cache_write_tokens"),
                Count("output_tokens"), Cell("num_model_requests") is null ? null : Count("num_model_requests")));
        }

        string? Cell(string name) => head.IndexOf(name) is >= 0 and var at ? row[at].Trim() : null;

        string? First(string[] names) => names.Select(Cell).FirstOrDefault(cell => cell is not null);

        decimal Count(string name) => Cell(name) is { Length: > 0 } cell ? ExportReader.Number(cell, $"'{name}' of row {number}") : 0;
    }

    /// <summary>RFC 4180: cells may be in quotes, with commas, line ends and doubled quotes in them.</summary>
    private static IEnumerable<List<string>> Rows(string text)
    {
        var row = new List<string>();
        var cell = new StringBuilder();
        var (isQuoted, count) = (false, 0);
        for (var at = 0; at <= text.Length; at++)
        {
            var character = at < text.Length ? text[at] : '\n';
            if (isQuoted)
            {
                if (at == text.Length)
                {
                    throw new ExportException("A quoted cell has no end.");
                }

                if (character != '"')
                {
                    cell.Append(character);
                }
                else if (at + 1 < text.Length && text[at + 1] == '"')
                {
                    cell.Append('"');
                    at++;
                }
                else
                {
                    isQuoted = false;
                }

                continue;
            }

            switch (character)
            {
                case '"' when cell.Length == 0:
                    isQuoted = true;
                    break;
                case ',' or '\n':
                    row.Add(cell.ToString().TrimEnd('\r'));
                    cell.Clear();
                    if (row.Count > MaxColumns || (character == '\n' && ++count > MaxRows))
                    {
                        throw new ExportException($"It has more than {MaxColumns} columns, or more than {MaxRows} rows.");
                    }

                    if (character == '\n')
                    {
                        yield return row;
                        row = [];
                    }

                    break;
                default:
                    cell.Append(character);
                    break;
            }
        }
    }
}
