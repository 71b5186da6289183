using Bench.Speed.Load;
using Bench.Speed.Profiling;
using Bench.Speed.Targets;

namespace Bench.Speed.Running;

/// <summary>Puts a load on a target and reads what it costs.</summary>
internal sealed class MeasuredLoad(RunOptions options)
{
    private const int WarmUpConnections = 16;
    private const double SteadyShare = 0.15;

    /// <summary>Of the time of a load, that may be spent on compiling in a target that counts as warm.</summary>
    private const double CompilingShare = 0.03;
    private static readonly TimeSpan SamplingInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Eight percent of a core: timers, a health check, a lease.</summary>
    private static readonly long QuietMicroseconds = (long)SamplingInterval.TotalMicroseconds * 8 / 100;

    private static readonly TimeSpan LeastSettling = TimeSpan.FromSeconds(1);
    private readonly HashSet<string> _warm = [];

    /// <summary>A process that was started again has everything to compile again.</summary>
    public void Forget(Target target) => _warm.RemoveWhere(name => name.StartsWith(target.Name + " ", StringComparison.Ordinal));

    /// <summary>Until a call costs what the one before did, and hardly anything is compiled any more: that is no part of a call.</summary>
    /// <returns>What was wrong; null if nothing was.</returns>
    public async Task<string?> WarmUpAsync(Target target, Traffic traffic, Workload workload, CancellationToken cancellationToken)
    {
        if (!_warm.Add($"{target.Name} {traffic} {workload.Stream} {workload.PromptBytes}"))
        {
            return null;
        }

        var load = Workload.Calls(WarmUpConnections) with { Stream = workload.Stream, PromptBytes = workload.PromptBytes };
        var script = Script(target, traffic, load);
        var began = TimeProvider.System.GetTimestamp();
        var (costBefore, cost, compiling) = (0.0, double.MaxValue, 0.0);
        var compiled = (await target.ReadRuntimeAsync(cancellationToken))?.CompilingSeconds;
        while ((Math.Abs(cost - costBefore) > cost * SteadyShare || compiling > CompilingShare) && TimeProvider.System.GetElapsedTime(began) < options.LongestWarmUp)
        {
            var cpu = ProcessReading.CpuMicroseconds(target.ProcessIds);
            var result = await LoadGenerator.RunAsync(target.EndPoint, load, [script], options.WarmUp, cancellationToken);
            if (result.Errors > 0)
            {
                return $"{result.Errors} errors, the first: {result.FirstError}";
            }

            (costBefore, cost) = (cost, (double)(ProcessReading.CpuMicroseconds(target.ProcessIds) - cpu) / result.Calls);
            var compiledBefore = compiled;
            compiled = (await target.ReadRuntimeAsync(cancellationToken))?.CompilingSeconds;
            compiling = (compiled - compiledBefore) / result.Seconds ?? 0;
        }

        if (target.IsMeasured)
        {
            await SettleAsync(target, cancellationToken);
        }

        return null;
    }

    public async Task<Measurement> RunAsync(Target target, Traffic traffic, Workload workload, int round, CancellationToken cancellationToken)
    {
        var processes = target.ProcessIds;
        var residentBefore = ProcessReading.ResidentKilobytes(processes);
        var runtimeBefore = await target.ReadRuntimeAsync(cancellationToken);
        var cpuBefore = ProcessReading.CpuMicroseconds(processes);
        var load = LoadGenerator.RunAsync(target.EndPoint, workload, [Script(target, traffic, workload)], options.Duration, cancellationToken);
        var residentPeak = residentBefore;
        do
        {
            residentPeak = Math.Max(residentPeak, ProcessReading.ResidentKilobytes(processes));
        }
        while (await Task.WhenAny(load, Task.Delay(SamplingInterval, TimeProvider.System, cancellationToken)) != load);

        var result = await load;
        var settled = target.IsMeasured ? await SettleAsync(target, cancellationToken) : default;
        var cpu = ProcessReading.CpuMicroseconds(processes) - cpuBefore;
        return new Measurement
        {
            Round = round,
            Scenario = workload.Name,
            Format = traffic.Format,
            Translated = traffic.Translated,
            Target = target.Name,
            Calls = result.Calls,
            Errors = result.Errors,
            FirstError = result.FirstError,
            IsOverrun = result.IsOverrun,
            CallsPerSecond = result.Calls / result.Seconds,
            CpuMicroseconds = target.IsMeasured ? cpu : null,
            AllocatedBytes = (await target.ReadRuntimeAsync(cancellationToken))?.AllocatedBytes - runtimeBefore?.AllocatedBytes,
            SettledAfterSeconds = settled.TotalSeconds,
            LatencyP50 = LoadResult.Percentile(result.Latencies, 0.5),
            LatencyP99 = LoadResult.Percentile(result.Latencies, 0.99),
            LagP50 = LoadResult.Percentile(result.Lags, 0.5),
            LagP99 = LoadResult.Percentile(result.Lags, 0.99),
            ResidentBeforeKb = residentBefore,
            ResidentPeakKb = residentPeak,
            ResidentAfterKb = ProcessReading.ResidentKilobytes(processes),
            OpenStreams = workload.Kind == LoadKind.OpenStreams ? workload.Concurrency : 0,
            LoadAverage = Machine.LoadAverage,
        };
    }

    public async Task<Profile> ProfileAsync(Target target, Traffic traffic, Workload workload, CancellationToken cancellationToken)
    {
        using var recording = await PerfRecording.StartAsync(target.Programs, options.Duration, cancellationToken);
        var load = await LoadGenerator.RunAsync(target.EndPoint, workload, [Script(target, traffic, workload)], options.Duration, cancellationToken);
        if (load.Errors > 0)
        {
            throw new InvalidOperationException($"{workload.Name} {traffic} of {target.Name}: {load.Errors} errors, the first: {load.FirstError}");
        }

        var (shares, processes) = await recording.ReadAsync(cancellationToken);
        Console.WriteLine($"{workload.Name,-9} {traffic,-19} {target.Name,-14} {load.Calls,7} calls {shares.Values.Sum(),7} samples");
        return new Profile(workload.Name, traffic, target.Name, shares.Values.Sum(), shares, processes);
    }

    /// <summary>
    /// Waits for what a load has left to do, a second at least: a journal that is delivered later is charged to the calls that filled it, and is
    /// over when the next target is measured.
    /// </summary>
    private async Task<TimeSpan> SettleAsync(Target target, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        var began = time.GetTimestamp();
        var cpu = ProcessReading.CpuMicroseconds(target.ProcessIds);
        while (true)
        {
            await Task.Delay(SamplingInterval, time, cancellationToken);
            var now = ProcessReading.CpuMicroseconds(target.ProcessIds);
            var elapsed = time.GetElapsedTime(began);
            if ((now - cpu <= QuietMicroseconds && elapsed >= LeastSettling) || elapsed >= options.Settling)
            {
                return elapsed;
            }

            cpu = now;
        }
    }

    private static CallScript Script(Target target, Traffic traffic, Workload workload)
    {
        var (model, headers) = target.Take(traffic, workload)!.Value;
        return CallScript.Create(workload, traffic.Format, model, headers);
    }
}
