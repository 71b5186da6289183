using KeyService.Ledger.Core;
using ServiceDefaults.Storage;

namespace KeyService.Ledger;

/// <summary>What the ledger writes, in words that SQLite and PostgreSQL share.</summary>
internal static class LedgerSql
{
    public static SqlRows<WindowBucket> Buckets { get; } = new(
        "window_buckets",
        [
            new("scope", null, row => LedgerScope.NameOf(row.Scope)),
            new("kind", null, row => row.Window.ToString()),
            new("bucket", null, row => row.Index),
            new("last_at", null, row => row.LastAt),
            new("requests", null, row => row.Requests),
            new("tokens", null, row => row.Tokens),
        ],
        "(scope, kind, bucket) DO UPDATE SET last_at = excluded.last_at, requests = excluded.requests, tokens = excluded.tokens");

    public static SqlRows<LeaseFacts> Leases { get; } = new(
        "leases",
        [new("call_id", null, lease => lease.CallId), new("facts", null, LeaseFactsText.Write)],
        "(call_id) DO UPDATE SET facts = excluded.facts");

    public static SqlRows<Guid> EndedLeases { get; } = new("DELETE FROM leases WHERE call_id = @p0", [new("call_id", null, callId => callId)]);

    public static SqlRows<ClockAnchor> Clock { get; } = new(
        "ledger_clock",
        [new("id", null, _ => 1), new("ledger_now", null, anchor => anchor.LedgerNow), new("utc_now", null, anchor => anchor.UtcNow)],
        "(id) DO UPDATE SET ledger_now = excluded.ledger_now, utc_now = excluded.utc_now");

    public static SqlRows<(Charge Charge, DateTime Now)> SettledCalls { get; } = new(
        "settled_calls",
        [
            new("call_id", null, row => row.Charge.CallId),
            new("key_id", null, row => row.Charge.KeyId),
            new("project_id", null, row => row.Charge.ProjectId),
            new("day", null, row => row.Charge.Call.Day),
            new("nano_usd", null, row => row.Charge.Call.Cost.Value),
            new("settled_at", null, row => row.Now),
        ],
        "(call_id) DO NOTHING");

    public static SqlRows<SpentDay> Spent { get; } = new(
        "spent",
        [new("scope", null, row => row.Scope), new("day", null, row => row.Day), new("nano_usd", null, row => row.NanoUsd)],
        "(scope, day) DO UPDATE SET nano_usd = spent.nano_usd + excluded.nano_usd");

    public static SqlRows<(Guid KeyId, long Calls, DateTime Now)> KeyTotals { get; } = new(
        """UPDATE virtual_keys SET "TotalRequests" = "TotalRequests" + @p0, "LastUsedAt" = @p1 WHERE "Id" = @p2""",
        [new("calls", null, row => row.Calls), new("now", null, row => row.Now), new("key", null, row => row.KeyId)]);
}
