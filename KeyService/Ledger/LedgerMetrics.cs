using System.Diagnostics.Metrics;
using Gateway.Contracts.Keys;
using ServiceDefaults.Telemetry;

namespace KeyService.Ledger;

internal static class LedgerMetrics
{
    private static readonly Counter<long> Limited = GatewayTelemetry.Meter.CreateCounter<long>(
        "gateway.requests.limited", "{request}", "Calls that a limit or a budget refused.");

    public static void Refused(LimitKind kind)
    {
        if (Limited.Enabled)
        {
            Limited.Add(1, new KeyValuePair<string, object?>(GenAiAttributes.GatewayLimit, NameOf(kind)));
        }
    }

    private static string NameOf(LimitKind kind) => kind switch
    {
        LimitKind.Budget or LimitKind.UnknownPrice => "budget",
        LimitKind.Parallel => "concurrency",
        LimitKind.TokensPerMinute or LimitKind.TokensPerDay => "tokens",
        _ => "rate",
    };
}
