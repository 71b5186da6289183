using Gateway.Contracts;

namespace Tests.Crashes;

/// <summary>What the gateway has in its books when nothing runs.</summary>
/// <param name="Records">The request log.</param>
/// <param name="Accounts">The keys, and the project of all of them.</param>
internal sealed record Books(IReadOnlyList<BookedCall> Records, IReadOnlyList<BookedAccount> Accounts);

/// <summary>A row of the request log.</summary>
/// <param name="Cost">Null for a cost that is not known.</param>
internal sealed record BookedCall(Guid Id, string RequestId, string Key, int Status, string? Error, NanoUsd? Cost);

/// <param name="Settled">In KeyService's database.</param>
/// <param name="Counted">In its memory, which admissions go by.</param>
/// <param name="Calls">Settled calls; null where nobody counts them.</param>
/// <param name="Most">That may be settled: the budget, and the last call that it let in. Null where that is not promised.</param>
internal sealed record BookedAccount(string Name, NanoUsd Settled, NanoUsd Counted, NanoUsd Reserved, long Running, long? Calls, NanoUsd? Most)
{
    /// <summary>The keys that it pays for.</summary>
    public required IReadOnlyList<string> Keys { get; init; }
}
