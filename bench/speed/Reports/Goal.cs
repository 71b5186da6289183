using System.Globalization;
using Bench.Speed.Load;
using Bench.Speed.Running;
using Bench.Speed.Targets;

namespace Bench.Speed.Reports;

/// <summary>What is wanted of the gateway in one process and as four services.</summary>
/// <param name="Unit">Written before the limit and behind the figure.</param>
/// <param name="Figure">Of one target; null where it was not measured.</param>
internal sealed record Goal(string What, string Unit, double Standalone, double Services, Func<RunResult, string, double?> Figure)
{
    private const double MegabytesPerMinuteThatAreNoise = 0.5;

    public bool IsLeast { get; init; }

    public static IReadOnlyList<Goal> All { get; } =
    [
        new("S1.c64 CPU a call, passed through", "×", 1.5, 3.5, ToForwarder(Workload.Calls(64), translated: false, m => m.CpuPerCall)),
        new("S1.c64 CPU a call, translated", "×", 2.2, 4.5, ToForwarder(Workload.Calls(64), translated: true, m => m.CpuPerCall)),
        new("S2.c64 CPU a stream, passed through", "×", 1.4, 2.8, ToForwarder(Workload.Streams(64), translated: false, m => m.CpuPerCall)),
        new("S2.c64 CPU a stream, translated", "×", 2.0, 3.5, ToForwarder(Workload.Streams(64), translated: true, m => m.CpuPerCall)),
        new("S3.c1000 memory of a stream, passed through", "×", 1.5, 3, ToForwarder(Workload.OpenStreams(1000, 100), translated: false, m => m.KbPerStream)),
        new("S3.c1000 memory of a stream, translated", "×", 1.5, 3, ToForwarder(Workload.OpenStreams(1000, 100), translated: true, m => m.KbPerStream)),
        new("S3.c1000 chunk lag p99, passed through", "×", 1.5, 3, ToForwarder(Workload.OpenStreams(1000, 100), translated: false, m => m.LagP99)),
        new("S3.c1000 chunk lag p99, translated", "×", 1.5, 3, ToForwarder(Workload.OpenStreams(1000, 100), translated: true, m => m.LagP99)),
        new("S4.c16 CPU a call of 200 KB, passed through", "×", 1.2, 3, ToForwarder(Workload.LargePrompts(16), translated: false, m => m.CpuPerCall)),
        new("S6.r500 added p50, passed through", " ms", 0.5, 1, Added(Workload.AtRate(500), m => m.LatencyP50)),
        new("S6.r500 added p99, passed through", " ms", 2, 4, Added(Workload.AtRate(500), m => m.LatencyP99)),
        new("S1.c64 less CPU a call than Portkey, which has nothing on", "×", 15, 6, LessThanPortkey) { IsLeast = true },
        new("memory, idle", " MB", 110, 450, (result, target) => result.IdleMemory.TryGetValue(target, out var size) ? size : null),
        new("memory, after all scenarios", " MB", 220, 800, (result, target) => result.MemoryAfter(target)),
        new("5,000 open streams: errors", "", 0, 0, (result, target) => result.Measurements.LastOrDefault(m => m.Target == target && m.OpenStreams == 5000)?.Errors),
        new("soak at half the top rate: growth a minute", " MB", MegabytesPerMinuteThatAreNoise, MegabytesPerMinuteThatAreNoise, (result, target) => result.Soaks.FirstOrDefault(soak => soak.Target == target)?.MegabytesPerMinute),
    ];

    public string Write(RunResult result, string target)
    {
        var limit = target == Names.Standalone ? Standalone : Services;
        var sign = IsLeast ? "≥" : "≤";
        return Figure(result, target) is { } figure
            ? string.Create(CultureInfo.InvariantCulture, $"{figure:0.0#}{Unit} ({sign} {limit}) {((IsLeast ? figure >= limit : figure <= limit) ? "met" : "**missed**")}")
            : string.Create(CultureInfo.InvariantCulture, $"not measured ({sign} {limit}{Unit})");
    }

    /// <summary>The worst of the three formats, each beside what the forwarder does with it.</summary>
    private static Func<RunResult, string, double?> ToForwarder(Workload workload, bool translated, Func<Measurement, double?> figure) => (result, target)
        => Enum.GetValues<ClientFormat>().Max(format =>
            result.Median(workload.Name, new Traffic(format, translated), target, figure)
            / result.Median(workload.Name, new Traffic(format, Translated: false), Names.Forwarder, figure));

    /// <summary>Milliseconds beside the upstream asked directly, of the worst format.</summary>
    private static Func<RunResult, string, double?> Added(Workload workload, Func<Measurement, double?> figure) => (result, target)
        => Enum.GetValues<ClientFormat>().Select(format => new Traffic(format, Translated: false)).Max(traffic =>
            (result.Median(workload.Name, traffic, target, figure) - result.Median(workload.Name, traffic, Names.Direct, figure)) / 1000);

    private static double? LessThanPortkey(RunResult result, string target)
    {
        var traffic = new Traffic(ClientFormat.Chat, Translated: false);
        var scenario = Workload.Calls(64).Name;
        return result.Median(scenario, traffic, Names.Portkey, m => m.CpuPerCall) / result.Median(scenario, traffic, target, m => m.CpuPerCall);
    }
}
