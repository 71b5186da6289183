using System.Text.Json.Nodes;
using Gateway.Cli.Connection;

namespace Gateway.Cli.Demo;

/// <summary>What the gateway itself has counted of the calls of one demonstration.</summary>
internal static class DemoBooks
{
    private const int Looks = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Records arrive in batches, moments after their calls: they are waited for, and not for ever.</summary>
    public static async Task<JsonNode> ReadAsync(GatewayClient gateway, string tag, int expected, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var look = 1; ; look++)
        {
            var totals = (await gateway.GetAsync(QueryText.Add("/admin/usage", ("tag", tag)), cancellationToken))["totals"]!;
            if (look == Looks || totals["requests"]!.GetValue<long>() >= expected)
            {
                return totals;
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }
}
