namespace Gateway.Cli.Output;

/// <summary>Columns with two spaces between them: for eyes, and for <c>cut</c> and <c>awk</c> as well.</summary>
internal sealed class Table(params IReadOnlyList<Column> columns)
{
    private readonly List<IReadOnlyList<string>> _rows = [];

    public void Add(params IReadOnlyList<string> cells) => _rows.Add([.. cells.Select(Cells.Clean)]);

    public IEnumerable<string> Lines()
    {
        var widths = columns.Select((column, index) => Math.Max(column.LeastWidth, _rows.Select(row => row[index].Length).DefaultIfEmpty().Max())).ToList();
        yield return Line(widths, [.. columns.Select(column => column.Name)]);
        foreach (var row in _rows)
        {
            yield return Line(widths, row);
        }
    }

    /// <summary>A row that comes when the others have been shown.</summary>
    public string Line(IReadOnlyList<string> cells) => Line([.. columns.Select(column => column.LeastWidth)], [.. cells.Select(Cells.Clean)]);

    private string Line(List<int> widths, IReadOnlyList<string> cells) => string.Join(
        "  ", cells.Select((cell, index) => columns[index].IsNumber ? cell.PadLeft(widths[index]) : cell.PadRight(widths[index]))).TrimEnd();
}

/// <param name="Width">At least so wide, for rows that come one by one.</param>
internal sealed record Column(string Name, bool IsNumber = false, int Width = 0)
{
    public int LeastWidth => Math.Max(Name.Length, Width);
}
