using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ServiceDefaults.Telemetry;

/// <summary>The source of the gateway's own spans and metrics. Nothing listens, and nothing is paid, without an OTLP endpoint.</summary>
public static class GatewayTelemetry
{
    public const string Name = "Gateway";

    public static readonly ActivitySource Source = new(Name);

    public static readonly Meter Meter = new(Name);
}
