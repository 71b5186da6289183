using System.Globalization;
using System.Text;
using Bench.Speed.Load;
using Bench.Speed.Running;
using Bench.Speed.Targets;

namespace Bench.Speed.Reports;

/// <summary>The tables of a run, in Markdown.</summary>
internal static class Report
{
    private static readonly (string Name, string Title)[] Columns =
    [
        (Names.Direct, "upstream"), (Names.Nginx, "nginx"), (Names.Forwarder, "forwarder"), (Names.Standalone, "Standalone"),
        (Names.Services, "four services"), (Names.Bare, "Standalone, all off"), (Names.Portkey, "Portkey"),
    ];

    public static string Write(RunResult result)
    {
        var machine = result.Machine;
        var text = new StringBuilder();
        text.AppendLine(
            $"{machine.Date}, commit `{machine.Commit}`{(machine.HasChanges ? " with changes" : "")}, {machine.Processor}, {machine.Processors} processors shared with the load generator and the upstream, "
            + $"{machine.MemoryGb} GB, {machine.Runtime}; load average before {machine.LoadAverageBefore}, after {result.LoadAverageAfter}.");
        text.AppendLine(
            $"{(result.Quick ? "Quick: one round, an indication. " : "")}Medians of {result.Rounds} interleaved round{(result.Rounds == 1 ? "" : "s")}, {Number(result.SecondsOfLoad)} s a load; {result.Errors} errors; "
            + $"{result.Exported?.Exports ?? 0} OTLP exports of {Number((result.Exported?.Bytes ?? 0) / 1e6)} MB.");
        foreach (var missing in result.Missing)
        {
            text.AppendLine($"Missing: {missing}.");
        }

        foreach (var failure in result.Failures)
        {
            text.AppendLine($"FAILED: {failure}.");
        }

        WriteGoals(text, result);
        WriteFigures(text, result);
        foreach (var soak in result.Soaks)
        {
            text.AppendLine().AppendLine(Line(soak));
        }

        return text.ToString();
    }

    public static string Line(SoakResult soak) => string.Create(
        CultureInfo.InvariantCulture,
        $"Soak, {soak.Target}: {soak.Calls} calls at {soak.PerSecond} a second, {soak.Errors} errors{(soak.FirstError is { } error ? $" ({error})" : "")}, memory {soak.Samples[0].Megabytes:0} MB to "
            + $"{soak.Samples[^1].Megabytes:0} MB, {(soak.MegabytesPerMinute is { } slope ? $"{slope:+0.00;-0.00} MB a minute" : "ended before its time, as it could not keep the rate")}.");

    private static void WriteGoals(StringBuilder text, RunResult result)
    {
        text.AppendLine().AppendLine("| goal (× is beside the forwarder; the worst format) | Standalone | four services |").AppendLine("| --- | --- | --- |");
        foreach (var goal in Goal.All)
        {
            text.AppendLine($"| {goal.What} | {goal.Write(result, Names.Standalone)} | {goal.Write(result, Names.Services)} |");
        }
    }

    private static void WriteFigures(StringBuilder text, RunResult result)
    {
        text.AppendLine().AppendLine($"| | {string.Join(" | ", Columns.Select(column => column.Title))} |");
        text.AppendLine($"| --- |{string.Concat(Columns.Select(_ => " ---: |"))}");
        foreach (var (scenario, traffic) in result.Measurements.Select(measurement => (measurement.Scenario, measurement.Traffic)).Distinct()
            .OrderBy(row => row.Scenario[..2], StringComparer.Ordinal).ThenBy(row => row.Scenario.Length).ThenBy(row => row.Scenario, StringComparer.Ordinal))
        {
            foreach (var (name, figure, scale) in FiguresOf(scenario))
            {
                WriteRow(text, result, scenario, traffic, name, figure, scale);
            }
        }

        text.AppendLine($"| memory idle, MB | {string.Join(" | ", Columns.Select(column => result.IdleMemory.TryGetValue(column.Name, out var size) ? Number(size) : ""))} |");
        text.AppendLine($"| memory after all, at most, MB | {string.Join(" | ", Columns.Select(column => column.Name == Names.Direct ? "" : Number(result.MemoryAfter(column.Name))))} |");
    }

    private static void WriteRow(StringBuilder text, RunResult result, string scenario, Traffic traffic, string name, Func<Measurement, double?> figure, double scale)
    {
        var reference = result.Median(scenario, traffic with { Translated = false }, Names.Forwarder, figure);
        var cells = Columns.Select(column =>
        {
            if (result.Median(scenario, traffic, column.Name, figure) is not { } value)
            {
                var all = result.Of(scenario, traffic, column.Name).ToList();
                return all.Exists(m => m.Errors > 0) ? "errors" : all.Exists(m => m.IsOverrun) ? "cannot" : "";
            }

            var ratio = column.Name is Names.Direct or Names.Forwarder || reference is not > 0 ? "" : $" ({Number(value / reference)}×)";
            return Number(value / scale) + ratio;
        }).ToList();
        if (cells.Any(cell => cell.Length > 0))
        {
            text.AppendLine($"| {scenario} {traffic}: {name} | {string.Join(" | ", cells)} |");
        }
    }

    private static (string Name, Func<Measurement, double?> Figure, double Scale)[] FiguresOf(string scenario) => scenario[..2] switch
    {
        "S3" =>
        [
            ("µs of CPU a chunk", m => m.CpuPerChunk, 1), ("KB a stream", m => m.KbPerStream, 1),
            ("chunk lag p50, ms", m => m.LagP50, 1000), ("chunk lag p99, ms", m => m.LagP99, 1000),
        ],
        "S6" => [("p50, ms", m => m.LatencyP50, 1000), ("p99, ms", m => m.LatencyP99, 1000), ("µs of CPU", m => m.CpuPerCall, 1)],
        _ => [("µs of CPU", m => m.CpuPerCall, 1), ("KB allocated", m => m.AllocatedPerCall, 1024)],
    };

    /// <summary>Three digits, or all before the point.</summary>
    private static string Number(double? value) => value is not { } number ? ""
        : number.ToString(Math.Abs(number) switch { >= 100 => "0", >= 10 => "0.#", _ => "0.##" }, CultureInfo.InvariantCulture);
}
