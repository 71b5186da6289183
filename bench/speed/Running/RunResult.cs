using Bench.Speed.Load;
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

    /// <summary>Megabytes of each target some seconds after its first answer.</summary>
    public Dictionary<string, double> IdleMemory { get; init; } = [];

    public List<Measurement> Measurements { get; init; } = [];

    public List<SoakResult> Soaks { get; init; } = [];

    public OtlpCounts? Exported { get; set; }

    public string LoadAverageAfter { get; set; } = "";

    public int Errors => Measurements.Sum(measurement => measurement.Errors) + Soaks.Sum(soak => soak.Errors);

    /// <summary>Over the rounds; null if it was not measured, or could not be done.</summary>
    public double? Median(string scenario, Traffic traffic, string target, Func<Measurement, double?> figure)
    {
        var values = Of(scenario, traffic, target).Where(measurement => !measurement.IsOverrun).Select(figure).OfType<double>().Order().ToList();
        return values.Count == 0 ? null : values.Count % 2 == 1 ? values[values.Count / 2] : (values[(values.Count / 2) - 1] + values[values.Count / 2]) / 2;
    }

    public IEnumerable<Measurement> Of(string scenario, Traffic traffic, string target)
        => Measurements.Where(measurement => measurement.Scenario == scenario && measurement.Traffic == traffic && measurement.Target == target);

    /// <summary>Megabytes: the most that any scenario has left behind.</summary>
    public double? MemoryAfter(string target)
        => Measurements.Where(measurement => measurement.Target == target && measurement.OpenStreams < 5000).Max(measurement => (double?)measurement.ResidentAfterKb) / 1024;
}
