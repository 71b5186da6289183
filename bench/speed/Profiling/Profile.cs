using Bench.Speed.Load;

namespace Bench.Speed.Profiling;

/// <summary>Where the CPU of one load went.</summary>
/// <param name="Shares">Samples by part.</param>
/// <param name="Processes">Samples by program.</param>
internal sealed record Profile(
    string Scenario, Traffic Traffic, string Target, int Samples, IReadOnlyDictionary<string, int> Shares, IReadOnlyDictionary<string, int> Processes);
