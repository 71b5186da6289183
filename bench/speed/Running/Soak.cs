using Bench.Speed.Load;
using Bench.Speed.Targets;

namespace Bench.Speed.Running;

/// <summary>Calls and streams of every kind at half of what the target can do, for minutes, and how its memory goes on.</summary>
internal static class Soak
{
    private static readonly TimeSpan SamplingInterval = TimeSpan.FromSeconds(5);

    /// <summary>Caches fill and code is compiled in the beginning; what counts is how it goes on.</summary>
    private const double ShareLeftOut = 0.3;

    /// <summary>The rate is half of what the target does of the same calls in a closed loop.</summary>
    private const int Connections = 64;

    private static readonly TimeSpan OfTopRate = TimeSpan.FromSeconds(20);

    public static async Task<SoakResult> RunAsync(Target target, TimeSpan duration, CancellationToken cancellationToken)
    {
        var scripts = new List<CallScript>();
        foreach (var traffic in Traffic.All)
        {
            Add(traffic, Workload.Calls(1), times: 9);
            Add(traffic, Workload.Streams(1), times: 1);

            void Add(Traffic traffic, Workload workload, int times)
            {
                var (model, headers) = target.Take(traffic, workload)!.Value;
                scripts.AddRange(Enumerable.Repeat(CallScript.Create(workload, traffic.Format, model, headers), times));
            }
        }

        var top = await LoadGenerator.RunAsync(target.EndPoint, Workload.Calls(Connections), scripts, OfTopRate, cancellationToken);
        var perSecond = Math.Max(1, (int)(top.Calls / top.Seconds / 2));
        var load = LoadGenerator.RunAsync(target.EndPoint, Workload.AtRate(perSecond), scripts, duration, cancellationToken);
        var samples = new List<MemorySample>();
        var time = TimeProvider.System;
        var began = time.GetTimestamp();
        do
        {
            samples.Add(new(time.GetElapsedTime(began).TotalMinutes, ProcessReading.ResidentKilobytes(target.ProcessIds) / 1024.0));
        }
        while (await Task.WhenAny(load, Task.Delay(SamplingInterval, time, cancellationToken)) != load);

        var result = await load;
        return new SoakResult(
            target.Name,
            perSecond,
            result.Calls,
            top.Errors + result.Errors,
            top.FirstError ?? result.FirstError,
            result.IsOverrun ? null : Slope([.. samples.Skip((int)(samples.Count * ShareLeftOut))]),
            samples);
    }

    /// <summary>Least squares.</summary>
    private static double Slope(IReadOnlyList<MemorySample> samples)
    {
        var (meanTime, meanSize) = (samples.Average(sample => sample.Minute), samples.Average(sample => sample.Megabytes));
        var spread = samples.Sum(sample => (sample.Minute - meanTime) * (sample.Minute - meanTime));
        return spread == 0 ? 0 : samples.Sum(sample => (sample.Minute - meanTime) * (sample.Megabytes - meanSize)) / spread;
    }
}

internal sealed record MemorySample(double Minute, double Megabytes);

/// <param name="MegabytesPerMinute">Null where the target could not keep the rate, and the soak ended before its time.</param>
internal sealed record SoakResult(
    string Target, int PerSecond, int Calls, int Errors, string? FirstError, double? MegabytesPerMinute, IReadOnlyList<MemorySample> Samples);
