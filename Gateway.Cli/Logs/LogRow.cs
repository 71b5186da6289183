using System.Text.Json.Nodes;
using Gateway.Cli.Output;

namespace Gateway.Cli.Logs;

/// <summary>A call in one line.</summary>
internal static class LogRow
{
    public static Table CreateTable() => new(
        new("TIME (UTC)", Width: 19),
        new("STATUS", IsNumber: true),
        new("KEY", Width: 12),
        new("MODEL", Width: 20),
        new("SERVED BY", Width: 20),
        new("IN", IsNumber: true, Width: 6),
        new("OUT", IsNumber: true, Width: 6),
        new("COST", IsNumber: true, Width: 11),
        new("TIME", IsNumber: true, Width: 8),
        new("REQUEST", Width: 8));

    public static IReadOnlyList<string> Cells(JsonNode call) =>
    [
        Output.Cells.Time(call["created_at"]),
        Output.Cells.Text(call["status_code"]),
        Output.Cells.Text(call["key_name"]),
        Output.Cells.Text(call["requested_model"]),
        call["provider"] is null ? Output.Cells.Text(call["error_type"]) : $"{Output.Cells.Text(call["provider"])}/{Output.Cells.Text(call["upstream_model"])}",
        Output.Cells.Count(call["prompt_tokens"]),
        Output.Cells.Count(call["completion_tokens"]),
        Output.Cells.Usd(call["cost"]),
        Output.Cells.Milliseconds(call["latency_ms"]),
        Output.Cells.Text(call["request_id"]),
    ];
}
