namespace Bench.Speed.Targets;

/// <summary>What a runtime has counted since it started.</summary>
internal readonly record struct RuntimeReading(long AllocatedBytes, double CompilingSeconds);
