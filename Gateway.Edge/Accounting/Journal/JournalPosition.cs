namespace Gateway.Edge.Accounting.Journal;

/// <summary>Everything before it is done with.</summary>
internal readonly record struct JournalPosition(long Segment, long Offset);
