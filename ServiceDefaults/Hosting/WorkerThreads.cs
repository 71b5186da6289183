namespace ServiceDefaults.Hosting;

/// <summary>
/// SQLite and the journal wait for the disk on threads of the pool. It has no more of them than processors until it has noticed, half a second
/// later, that all of them wait: with two, a slow disk under two writers would hold up every call.
/// </summary>
internal static class WorkerThreads
{
    /// <summary>Those that write at the same time: the journal, the ledger, the log, the audit; and what administrators look up. More of them take memory.</summary>
    public const int ForTheDisk = 6;

    public static void Reserve()
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, Environment.ProcessorCount + ForTheDisk), completions);
    }
}
