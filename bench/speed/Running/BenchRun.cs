using Bench.Speed.Load;
using Bench.Speed.Reports;
using Bench.Speed.Targets;

namespace Bench.Speed.Running;

/// <summary>Starts everything, measures in interleaved rounds, and ends everything.</summary>
internal sealed class BenchRun(RunOptions options, Surroundings surroundings, RunResult result)
{
    private readonly MeasuredLoad _loads = new(options);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var targets = new List<Target>();
        try
        {
            foreach (var target in Targets())
            {
                targets.Add(target);
                await target.StartAsync(cancellationToken);
            }

            await ReadIdleMemoryAsync(targets, cancellationToken);
            var plan = Step.Plan(options);
            for (var round = 1; round <= options.Rounds; round++)
            {
                foreach (var step in plan)
                {
                    await RunAsync(step, targets, round, cancellationToken);
                }
            }

            if (options is { Quick: false, Profile: false } && options.Includes(Step.ManyStreams.Workload))
            {
                await RunAsync(Step.ManyStreams, targets, 1, cancellationToken);
            }

            if (options.Soak > TimeSpan.Zero)
            {
                await SoakAsync(targets, cancellationToken);
            }

            result.Exported = await CountExportsAsync(cancellationToken);
        }
        finally
        {
            foreach (var target in Enumerable.Reverse(targets))
            {
                await target.DisposeAsync();
            }
        }
    }

    private IEnumerable<Target> Targets()
    {
        // Everything needs it, whatever is left out.
        yield return new UpstreamTarget(surroundings);
        var ports = Ports.Free(3);
        if (!options.Quick && !File.Exists(WrkLoad.Program))
        {
            result.Missing.Add("wrk: it is not installed (apt-get install wrk)");
        }

        if (NginxTarget.Program is not { } nginx)
        {
            result.Missing.Add("nginx: it is not installed (apt-get install nginx-light)");
        }
        else if (IsWanted(Names.Nginx))
        {
            yield return new NginxTarget(surroundings, nginx, ports[0]);
        }

        if (IsWanted(Names.Forwarder))
        {
            yield return new ForwarderTarget(surroundings, ports[1]);
        }

        if (IsWanted(Names.Standalone))
        {
            yield return GatewayTarget.InOneProcess(surroundings, Names.Standalone, isEverythingOn: true);
        }

        if (IsWanted(Names.Services))
        {
            yield return GatewayTarget.AsFourServices(surroundings, Names.Services);
        }

        if (options is { Quick: false, Goals: false } && IsWanted(Names.Bare))
        {
            yield return GatewayTarget.InOneProcess(surroundings, Names.Bare, isEverythingOn: false);
        }

        if (PortkeyTarget.Script(surroundings.Repository) is not { } portkey)
        {
            result.Missing.Add("Portkey: npm could not install it");
        }
        else if (IsWanted(Names.Portkey))
        {
            yield return new PortkeyTarget(surroundings, portkey, ports[2]);
        }
    }

    private bool IsWanted(string target) => options.Targets.Count == 0 || options.Targets.Contains(target, StringComparer.Ordinal);

    private async Task ReadIdleMemoryAsync(List<Target> targets, CancellationToken cancellationToken)
    {
        var workload = Workload.Calls(1);
        foreach (var target in targets)
        {
            var (model, headers) = target.Take(default, workload)!.Value;
            using var connection = new LoadConnection(target.EndPoint);
            if (await connection.CallAsync(CallScript.Create(workload, ClientFormat.Chat, model, headers)) is { } fault)
            {
                throw new InvalidOperationException($"{target.Name} does not answer: {fault}");
            }
        }

        await Task.Delay(options.Idle, TimeProvider.System, cancellationToken);
        foreach (var target in targets.Where(target => target.IsMeasured))
        {
            result.IdleMemory[target.Name] = ProcessReading.ResidentKilobytes(target.ProcessIds) / 1024.0;
        }
    }

    private async Task RunAsync(Step step, List<Target> targets, int round, CancellationToken cancellationToken)
    {
        foreach (var traffic in step.Traffic.Where(options.Includes))
        {
            foreach (var target in targets.Where(target => step.Includes(target, traffic) && (!options.Profile || target.Programs.Count > 0)))
            {
                if (step.BeginsAnew)
                {
                    await target.StopAsync();
                    await target.StartAsync(cancellationToken);
                    _loads.Forget(target);
                }

                if (await _loads.WarmUpAsync(target, traffic, step.Workload, cancellationToken) is { } fault)
                {
                    (target.Name == Names.Portkey ? result.Missing : result.Failures).Add($"{step.Workload.Name} {traffic} of {target.Name}: {fault}");
                    continue;
                }

                if (options.Profile)
                {
                    result.Profiles.Add(await _loads.ProfileAsync(target, traffic, step.Workload, cancellationToken));
                    continue;
                }

                var measurement = await _loads.RunAsync(target, traffic, step.Workload, round, cancellationToken);
                result.Measurements.Add(measurement);
                Console.WriteLine(
                    $"{measurement.Round} {measurement.Scenario,-9} {traffic,-19} {target.Name,-14} {measurement.Calls,7} calls {measurement.CpuPerCall,7:0} us"
                    + $" p50 {measurement.LatencyP50 / 1000,7:0.00} p99 {measurement.LatencyP99 / 1000,7:0.00} ms{(measurement.LagP99 is { } lag ? $" lag p99 {lag / 1000:0.0} ms {measurement.KbPerStream:0} KB" : "")}"
                    + $"  quiet after {measurement.SettledAfterSeconds:0.0} s{(measurement.IsOverrun ? " OVERRUN" : "")}{(measurement.Errors > 0 ? $" {measurement.Errors} ERRORS: {measurement.FirstError}" : "")}");
            }
        }
    }

    private async Task SoakAsync(List<Target> targets, CancellationToken cancellationToken)
    {
        foreach (var target in targets.Where(target => target.Name is Names.Standalone or Names.Services))
        {
            var soak = await Soak.RunAsync(target, options.Soak, cancellationToken);
            result.Soaks.Add(soak);
            Console.WriteLine(Report.Line(soak));
        }
    }

    private async Task<Upstream.OtlpCounts?> CountExportsAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        return await System.Net.Http.Json.HttpClientJsonExtensions.GetFromJsonAsync<Upstream.OtlpCounts>(client, new Uri(surroundings.Upstream, Upstream.OtlpSink.CountsPath), cancellationToken);
    }
}
