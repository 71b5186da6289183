using System.Text.Json.Serialization;
using Bench.Speed.Load;

namespace Bench.Speed.Running;

/// <summary>One load on one target, as it is written to the raw file.</summary>
internal sealed record Measurement
{
    public required int Round { get; init; }

    public required string Scenario { get; init; }

    public required ClientFormat Format { get; init; }

    public required bool Translated { get; init; }

    public required string Target { get; init; }

    public required int Calls { get; init; }

    public required int Errors { get; init; }

    public string? FirstError { get; init; }

    public bool IsOverrun { get; init; }

    public required double CallsPerSecond { get; init; }

    /// <summary>Of all processes of the target over the load and until it is quiet again, a second at least.</summary>
    public double? CpuMicroseconds { get; init; }

    /// <summary>By the target's own count, where it has one; over the same time.</summary>
    public double? AllocatedBytes { get; init; }

    /// <summary>How long after the load it was quiet; batched work takes that long.</summary>
    public double SettledAfterSeconds { get; init; }

    public double? LatencyP50 { get; init; }

    public double? LatencyP99 { get; init; }

    public double? LagP50 { get; init; }

    public double? LagP99 { get; init; }

    public long ResidentBeforeKb { get; init; }

    /// <summary>The most while the load ran.</summary>
    public long ResidentPeakKb { get; init; }

    public long ResidentAfterKb { get; init; }

    public int OpenStreams { get; init; }

    public required string LoadAverage { get; init; }

    [JsonIgnore]
    public Traffic Traffic => new(Format, Translated);

    public double? CpuPerCall => Calls == 0 ? null : CpuMicroseconds / Calls;

    public double? AllocatedPerCall => Calls == 0 ? null : AllocatedBytes / Calls;

    public double? CpuPerChunk => CpuPerCall / Marker.ChunksOfStream;

    public double? KbPerStream => OpenStreams == 0 ? null : (double)(ResidentPeakKb - ResidentBeforeKb) / OpenStreams;
}
