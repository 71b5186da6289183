using Gateway.Cli.Connection;

namespace Gateway.Cli.Demo;

/// <summary>Makes the calls of a script, some at the same time.</summary>
internal sealed class DemoTraffic(GatewayClient gateway)
{
    public async Task<DemoTally> RunAsync(DemoScript script, DemoLength length, int parallel, IProgress<double> progress, CancellationToken cancellationToken)
    {
        var tally = new DemoTally();
        await Parallel.ForEachAsync(
            script.Calls(length),
            new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken },
            async (call, token) =>
            {
                var done = tally.Add(call.Kind, await CallAsync(call, token));
                progress.Report(length.Share(done));
            });
        progress.Report(1);
        return tally;
    }

    private async Task<int> CallAsync(DemoCall call, CancellationToken cancellationToken)
    {
        using var response = await gateway.CallAsync(
            call.Path,
            call.Secret,
            call.Body,
            call.Knobs is { } knobs ? [new("x-gateway-simulate", knobs)] : [],
            HttpCompletionOption.ResponseHeadersRead,
            cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        if (call.Leaves && response.IsSuccessStatusCode)
        {
            // Some of it, as whoever closes the window.
            await body.ReadExactlyAsync(new byte[1], cancellationToken);
            return DemoTally.Left;
        }

        await body.CopyToAsync(Stream.Null, cancellationToken);
        return (int)response.StatusCode;
    }
}
