using System.Diagnostics.Metrics;
using ServiceDefaults.Telemetry;

namespace Gateway.Edge.Accounting.Journal;

internal static class JournalMetrics
{
    public static readonly Counter<long> Entries = GatewayTelemetry.Meter.CreateCounter<long>(
        "gateway.journal.entries", "{entry}", "Records written.");

    public static readonly Counter<long> Writes = GatewayTelemetry.Meter.CreateCounter<long>(
        "gateway.journal.writes", "{write}", "Writes; one takes all the records that wait for it.");

    public static readonly UpDownCounter<long> Bytes = GatewayTelemetry.Meter.CreateUpDownCounter<long>(
        "gateway.journal.size", "By", "What the journal holds.");

    public static readonly Counter<long> Unwritten = GatewayTelemetry.Meter.CreateCounter<long>(
        "gateway.journal.unwritten", "{entry}", "Calls that ended while the journal could not be written: their records were in memory alone.");

    public static readonly Counter<long> DamagedRegions = GatewayTelemetry.Meter.CreateCounter<long>(
        "gateway.journal.damaged", "{region}", "Places that could not be read.");

    public static readonly Counter<long> DamagedBytes = GatewayTelemetry.Meter.CreateCounter<long>(
        "gateway.journal.damaged.size", "By", "Bytes that could not be read.");

    public static readonly Counter<long> DeadLetters = GatewayTelemetry.Meter.CreateCounter<long>(
        "gateway.journal.dead_letters", "{entry}", "Records that a receiver refused.");
}
