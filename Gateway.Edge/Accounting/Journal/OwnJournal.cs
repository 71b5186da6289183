namespace Gateway.Edge.Accounting.Journal;

/// <summary>The one journal that this process writes.</summary>
internal sealed record OwnJournal(JournalSegments Segments, JournalSegmentWriter SegmentWriter, JournalWriter Writer, JournalDelivery Delivery);
