using System.Globalization;
using System.Net;
using Bench.Speed.Load;

namespace Bench.Speed;

/// <summary>One load on an address, to try something or under a profiler.</summary>
internal static class LoadCommand
{
    public static async Task<int> RunAsync(string[] options)
    {
        if (options is not [var port, var scenario, var key, var model, var seconds])
        {
            throw new ArgumentException("load PORT WORKLOAD KEY MODEL SECONDS");
        }

        var (name, format) = scenario.Split(':') is [var before, var behind] ? (before, Enum.Parse<ClientFormat>(behind, ignoreCase: true)) : (scenario, ClientFormat.Chat);
        var workload = Workload.Parse(name);
        using var end = new EndOfRun();
        var result = await LoadGenerator.RunAsync(
            new IPEndPoint(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture)),
            workload,
            [CallScript.Create(workload, format, model, $"Authorization: Bearer {key}\r\n")],
            TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)),
            end.Token);
        Console.WriteLine(
            $"{result.Calls} calls in {result.Seconds:0.00} s, {result.Calls / result.Seconds:0} a second; p50 {LoadResult.Percentile(result.Latencies, 0.5)} us, p99 {LoadResult.Percentile(result.Latencies, 0.99)} us; "
            + $"chunks p50 {LoadResult.Percentile(result.Lags, 0.5)} us, p99 {LoadResult.Percentile(result.Lags, 0.99)} us; {result.Errors} errors {result.FirstError}");
        return result.Errors == 0 ? 0 : 1;
    }
}
