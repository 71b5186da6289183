using Bench.Speed.Load;
using Bench.Speed.Profiling;
using Bench.Speed.Targets;
using Bench.Speed.Upstream;

namespace Bench.Speed.Running;

/// <summary>All that a run has found; the raw file is this.</summary>
internal sealed class RunResult
{
    public required Machine Machine { get; init; }

    public required bool Quick { get; init; }

    public required int Rounds { get; init; }

    public required double SecondsOfLoad { get; init; }

    /// <summary>Reference points that could not be measured, and why.</summary>
    public List<string> Missing { get; init; } = [];

    /// <summary>What was not measured, since it was answered wrongly.</summary>
    public List<string> Failures { get; init; } = [];

    /// <summary>Megabytes of each target some seconds after its first answer.</summary>
    public Dictionary<string, double> IdleMemory { get; init; } = [];

    public List<Measurement> Measurements { get; init; } = [];

    public List<SoakResult> Soaks { get; init; } = [];

    public List<Profile> Profiles { get; init; } = [];

    public OtlpCounts? Exported { get; set; }

    public string LoadAverageAfter { get; set; } = "";

    /// <summary>There must be none; the peer's are its own.</summary>
    public int Errors => Failures.Count + Soaks.Sum(soak => soak.Errors)
        + Measurements.Where(measurement => measurement.Target != Names.Portkey).Sum(measurement => measurement.Errors);

    /// <summary>Over the rounds; null if it was not measured, or could not be done.</summary>
    public double? Median(string scenario, Traffic traffic, string target, Func<Measurement, double?> figure)
    {
        var values = Of(scenario, traffic, target).Where(measurement => measurement is { IsOverrun: false, Errors: 0 }).Select(figure).OfType<double>().Order().ToList();
        return values.Count == 0 ? null : values.Count % 2 == 1 ? values[values.Count / 2] : (values[(values.Count / 2) - 1] + values[values.Count / 2]) / 2;
    }

    public IEnumerable<Measurement> Of(string scenario, Traffic traffic, string target)
        => Measurements.Where(measurement => measurement.Scenario == scenario && measurement.Traffic == traffic && measurement.Target == target);

    /// <summary>Megabytes: the most that any scenario has left behind.</summary>
    public double? MemoryAfter(string target)
        => Measurements.Where(measurement => measurement.Target == target && measurement.OpenStreams < 5000).Max(measurement => (double?)measurement.ResidentAfterKb) / 1024;
}
