using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Tests.BlackBox;
using Tests.KeyAdmin;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.AdminApi;

/// <summary>Idempotency-Key: what is asked for twice is done once.</summary>
public sealed class IdempotencyTests(Gateways gateways, UpstreamSimulator simulator, AdminGateway clocked)
    : BlackBoxTest(gateways, simulator), IClassFixture<AdminGateway>
{
    private const string Header = "Idempotency-Key";

    [Theory, EveryTopology]
    public async Task Post_WhenItComesAgain_HasTheFirstAnswer(Topology topology)
    {
        var caller = await UseAsync(topology);
        var (idempotencyKey, name) = (Caller.Unique("try"), Caller.Unique("k"));
        var body = $$"""{"name":"{{name}}","rpm_limit":5}""";

        var first = await caller.AdminAsync(HttpMethod.Post, "/admin/keys", body, (Header, idempotencyKey));
        var second = await caller.AdminAsync(HttpMethod.Post, "/admin/keys", body, (Header, idempotencyKey));

        (first.Status, second.Status).ShouldBe((201, 201), second.Text);
        second.Text.ShouldBe(first.Text);
        second.Json["key"]!.GetValue<string>().ShouldStartWith("sk-gw-");
        foreach (var header in (string[])["etag", "location", "content-type"])
        {
            second.Headers[header].ShouldBe(first.Headers[header]);
        }

        second.Headers["idempotency-replayed"].ShouldBe("true");
        first.Headers.ShouldNotContainKey("idempotency-replayed");
        (await caller.AdminAsync(HttpMethod.Get, $"/admin/keys?name_prefix={name}")).Json["total"]!.GetValue<int>().ShouldBe(1);

        var other = await caller.AdminAsync(HttpMethod.Post, "/admin/keys", $$"""{"name":"{{name}}"}""", (Header, idempotencyKey));
        other.Status.ShouldBe(422, other.Text);
        other.Error["code"]!.GetValue<string>().ShouldBe("idempotency_key_reused");

        // On another route it is another key.
        var project = await caller.AdminAsync(HttpMethod.Post, "/admin/projects", body, (Header, idempotencyKey));
        project.Status.ShouldBe(201, project.Text);
        (await CountEntriesAsync(caller, first.Json["id"]!.GetValue<string>())).ShouldBe(1);
    }

    [Fact]
    public async Task Post_WhenItChangedNothing_MayBePutRight()
    {
        var caller = await UseAsync(Topology.Standalone);
        var idempotencyKey = Caller.Unique("try");

        (await caller.AdminAsync(HttpMethod.Post, "/admin/keys", """{"name":"k","rpm_limit":0}""", (Header, idempotencyKey))).Status.ShouldBe(400);
        (await caller.AdminAsync(HttpMethod.Post, "/admin/keys", """{"name":"k","rpm_limit":1}""", (Header, idempotencyKey))).Status.ShouldBe(201);
        (await caller.AdminAsync(HttpMethod.Post, "/admin/keys", """{"name":"k"}""", (Header, new string('x', 256)))).Status.ShouldBe(400);
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task Post_WhenManyComeAtOnce_IsDoneOnce(Store store)
    {
        var caller = await UseAsync(Topology.Standalone, store);
        var idempotencyKey = Caller.Unique("try");
        var (id, _) = await caller.CreateKeyAsync(new JsonObject { ["budget_limit"] = 1 });

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => caller.AdminAsync(
            HttpMethod.Post, $"/admin/keys/{id}/top-ups", """{"amount":2}""", (Header, idempotencyKey))));

        answers.ShouldAllBe(answer => answer.Status == 200);
        answers.Select(answer => answer.Text).Distinct().Count().ShouldBe(1);
        answers.Count(answer => answer.Headers.ContainsKey("idempotency-replayed")).ShouldBe(9);
        (await caller.GetKeyAsync(id))["topped_up"]!.GetValue<decimal>().ShouldBe(2);
    }

    /// <summary>A provider's owner and its routing database, with an action that changes nothing in it.</summary>
    [Fact]
    public async Task Action_WhenItComesAgain_IsNotTakenAgain()
    {
        var caller = await UseAsync(Topology.Standalone);
        var upstream = await caller.AddUpstreamAsync();
        var id = (await caller.AdminAsync(HttpMethod.Get, $"/admin/providers?name={upstream.Provider}")).Json["data"]![0]!["id"];
        var before = upstream.Requests.Count;

        var first = await caller.AdminAsync(HttpMethod.Post, $"/admin/providers/{id}/health-check", null, (Header, "check"));
        var second = await caller.AdminAsync(HttpMethod.Post, $"/admin/providers/{id}/health-check", null, (Header, "check"));

        first.Status.ShouldBe(200, first.Text);
        second.Text.ShouldBe(first.Text);
        (upstream.Requests.Count - before).ShouldBe(1);
    }

    [Fact]
    public async Task Key_WhenADayHasPassed_IsForgotten()
    {
        var idempotencyKey = Caller.Unique("try");
        var first = await SendAsync();
        clocked.Clock.Advance(TimeSpan.FromHours(23.9));
        var second = await SendAsync();
        clocked.Clock.Advance(TimeSpan.FromHours(0.2));
        var third = await SendAsync();

        second.ShouldBe(first);
        third.ShouldNotBe(first);
        var secret = (string)JsonNode.Parse(first)!["key"]!;
        foreach (var (file, bytes) in DataFolder.Read(clocked.DataDirectory))
        {
            bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)).ShouldBe(-1, file);
            bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(idempotencyKey)).ShouldBe(-1, file);
        }

        async Task<string> SendAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/admin/keys") { Content = new StringContent("""{"name":"daily"}""") };
            request.Headers.Add(Header, idempotencyKey);
            using var response = await clocked.Admin.SendAsync(request, Cancelled);
            ((int)response.StatusCode).ShouldBe(201);
            return await response.Content.ReadAsStringAsync(Cancelled);
        }
    }

    /// <summary>How many entries the audit log has of a key.</summary>
    private static async Task<int> CountEntriesAsync(Caller caller, string id) => (await TimeLimit.PollAsync(
        "the entry",
        async _ => (await caller.AdminAsync(HttpMethod.Get, $"/admin/audit-logs?resource_id={id}")).Json["data"]!.AsArray() is { Count: > 0 } entries ? entries : null)).Count;
}
