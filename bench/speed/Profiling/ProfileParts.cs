using System.Text.RegularExpressions;

namespace Bench.Speed.Profiling;

/// <summary>What a frame of a stack belongs to. The first that matches counts, so what stands inside of something larger comes first.</summary>
internal static partial class ProfileParts
{
    private static readonly (string Part, Regex Frame)[] OfFrames =
    [
        ("log and sums in UsageService", Usage()),
        ("settlements, windows and leases in KeyService", Ledger()),
        ("delivery from the journal", Delivery()),
        ("journal, before the last byte", Journal()),
        ("OpenTelemetry: spans, measurements, export", Telemetry()),
        ("admission", Admission()),
        ("between the services: JSON, frames, batches", Services()),
        ("HttpClient", Client()),
        ("routing, dispatch, reading the answer", Routing()),
        ("the Edge: middleware, key, scan, record, headers", Edge()),
        ("Kestrel and ASP.NET Core", Server()),
        ("sockets and their event loop", Sockets()),
        ("thread pool", Threads()),
    ];

    private static readonly (string Part, string Library)[] OfLibraries =
    [
        ("SQLite's own code", "libsqlite3"), ("SQLite's own code", "libe_sqlite3"), ("compiling", "libclrjit"),
        ("runtime: collection, allocation, type checks", "libcoreclr"), ("runtime: collection, allocation, type checks", "libclrgc"),
    ];

    /// <param name="stack">Innermost first, each with its library in parentheses behind it.</param>
    public static string Of(IReadOnlyList<string> stack)
    {
        foreach (var frame in stack)
        {
            foreach (var (part, pattern) in OfFrames)
            {
                if (pattern.IsMatch(frame))
                {
                    return part;
                }
            }
        }

        foreach (var (part, library) in OfLibraries)
        {
            if (stack[0].Contains(library, StringComparison.Ordinal))
            {
                return part;
            }
        }

        return !stack[0].Contains("[kernel", StringComparison.Ordinal) ? "not told apart"
            : stack.Any(Files().IsMatch) ? "kernel: files without a caller that is told, SQLite's for the most part"
            : "kernel: all else without a caller that is told";
    }

    [GeneratedRegex(@"UsageService\.")]
    private static partial Regex Usage();

    [GeneratedRegex(@"LedgerWrites|LedgerStore|LedgerSql|KeyLedger(::|\+<)SettleAsync")]
    private static partial Regex Ledger();

    [GeneratedRegex("JournalShipper|JournalReader|JournalTail|JournalDelivery")]
    private static partial Regex Delivery();

    [GeneratedRegex(@"Accounting\.Journal\.")]
    private static partial Regex Journal();

    [GeneratedRegex(@"OpenTelemetry|System\.Diagnostics\.(Activity|Metrics)|AttemptSpan|RequestSpan|AttemptMetrics|RequestMetrics|PathRedaction")]
    private static partial Regex Telemetry();

    [GeneratedRegex(@"Gateway\.Edge\.Limits|KeyService\.|PromptWalk|TokenCounter")]
    private static partial Regex Admission();

    [GeneratedRegex(@"Gateway\.Edge\.Services|Gateway\.Contracts\.(ContractsJson|Routing\.Frame)|DispatchEndpoints|LedgerEndpoints|Polly|ServiceDiscovery|InternalAuth")]
    private static partial Regex Services();

    [GeneratedRegex(@"System\.Net\.Http\.")]
    private static partial Regex Client();

    [GeneratedRegex(@"RoutingService\.")]
    private static partial Regex Routing();

    [GeneratedRegex(@"Gateway\.(Edge|Llm|Contracts)")]
    private static partial Regex Edge();

    [GeneratedRegex(@"Kestrel|AspNetCore")]
    private static partial Regex Server();

    [GeneratedRegex(@"SocketAsyncEngine|System\.Net\.Sockets")]
    private static partial Regex Sockets();

    [GeneratedRegex("ThreadPool|LowLevelLifoSemaphore")]
    private static partial Regex Threads();

    [GeneratedRegex(@"sys_(pwrite|pread|fsync|fdatasync|write|ftruncate)")]
    private static partial Regex Files();
}
