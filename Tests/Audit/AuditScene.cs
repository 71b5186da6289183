using System.Text.Json.Nodes;
using Shouldly;
using Tests.TestKit;

namespace Tests.Audit;

/// <summary>What tests of the audit log ask a gateway.</summary>
internal static class AuditScene
{
    public static async Task<IReadOnlyList<JsonNode>> EntriesAsync(Caller caller, string query)
    {
        var list = await caller.AdminAsync(HttpMethod.Get, $"/admin/audit-logs?{query}");
        list.Status.ShouldBe(200, list.Text);
        return [.. list.Json["data"]!.AsArray().Select(row => row!)];
    }

    public static async Task<JsonNode> VerifyAsync(Caller caller)
    {
        var report = await caller.AdminAsync(HttpMethod.Get, "/admin/audit-logs/verify");
        report.Status.ShouldBe(200, report.Text);
        return report.Json;
    }

    public static async Task ShouldBeGoodAsync(Caller caller)
    {
        var report = await VerifyAsync(caller);
        report["valid"]!.GetValue<bool>().ShouldBeTrue(report.ToJsonString());
        var chains = report["chains"]!.AsArray().Select(chain => $"{chain!["chain"]} {chain["place"]}").ToList();
        chains.ShouldContain("keys chain");
        chains.ShouldContain("routing chain");
        chains.ShouldContain("usage chain");
        chains.ShouldContain("keys copy");
    }
}
