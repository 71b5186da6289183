using Gateway.Contracts.Usage;

namespace Gateway.Edge.Accounting.Journal;

/// <summary>Who must have every record. Each keeps its own pace and position.</summary>
/// <param name="Linger">How long a record may wait for others to be sent with.</param>
/// <param name="MostUnderWay">How many batches may be sent before the first of them has arrived.</param>
internal sealed record JournalReceiver(
    string Name, TimeSpan Linger, int MostUnderWay, Func<IReadOnlyList<CallRecord>, CancellationToken, Task> SendAsync);
