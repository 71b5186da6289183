namespace Gateway.Edge.Accounting.Journal;

/// <summary>Tells of each damaged place once, though every receiver's reader comes by.</summary>
internal sealed partial class JournalDamage(ILogger<JournalDamage> logger)
{
    private readonly Lock _gate = new();
    private readonly HashSet<(string, long)> _reported = [];

    public void Report(JournalSegment segment, long from, long end)
    {
        lock (_gate)
        {
            if (!_reported.Add((segment.Path, from)))
            {
                return;
            }
        }

        JournalMetrics.DamagedRegions.Add(1);
        JournalMetrics.DamagedBytes.Add(end - from);
        if (end == segment.Length)
        {
            LogTorn(segment.Path, end - from, from);
        }
        else
        {
            LogDamaged(segment.Path, end - from, from);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Segment} ends in {Bytes} bytes, from {From}, that are no whole entry: its process ended while it wrote. They are left out.")]
    private partial void LogTorn(string segment, long bytes, long from);

    [LoggerMessage(LogLevel.Error, "{Segment} is damaged: {Bytes} bytes from {From} are left out, and the records in them are lost. What follows is read.")]
    private partial void LogDamaged(string segment, long bytes, long from);
}
