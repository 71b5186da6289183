using System.Text;
using System.Text.Json.Nodes;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.Audit;
using Tests.BlackBox;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Contents;

/// <summary>Content is kept for projects that want it, redacted, for a while, and for administrators.</summary>
public sealed class ContentTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    private const string Question = "I am anna@mail.example, who are you?";

    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Content_WhenItsProjectWantsIt_IsKeptRedactedInEveryFormat(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var (project, secret) = await CreateAsync(caller, new JsonObject { ["content_logging"] = true, ["content_retention_days"] = 3 });
        var upstream = await caller.AddUpstreamAsync(
            [.. Enumerable.Repeat(new Answer { Text = "I am bert@mail.example, and this is a fine day." }, 6)]);

        foreach (var (path, body) in Bodies(upstream.Alias))
        {
            foreach (var stream in (string[])["", ",\"stream\":true"])
            {
                var answer = await caller.SendAsync(HttpMethod.Post, path, body + stream + "}", secret);
                answer.Status.ShouldBe(200, answer.Text);
                var id = IdOf(answer);
                var kept = await KeptAsync(caller, id);

                kept.Text.ShouldNotContain("anna@");
                kept.Text.ShouldNotContain("bert@");
                kept.Json["request"]!.ToJsonString().ShouldContain("I am [email], who are you?");
                kept.Json["answer"]!.ToJsonString().Contains("I am [email], and this is a fine day.", StringComparison.Ordinal).ShouldBeTrue(kept.Text);
                kept.Json["truncated"]!.GetValue<bool>().ShouldBeFalse();
                kept.Json["project_id"]!.GetValue<string>().ShouldBe(project);
                (kept.Json["expires_at"]!.GetValue<DateTime>() - kept.Json["created_at"]!.GetValue<DateTime>()).ShouldBe(TimeSpan.FromDays(3));

                // Whoever reads it is in the audit log.
                (await AuditScene.EntriesAsync(caller, $"resource_type=content&resource_id={id}&action=read&failed=false")).ShouldNotBeEmpty();
                (await caller.AdminAsync(HttpMethod.Delete, $"/admin/logs/{id}/content")).Status.ShouldBe(204);
                (await caller.AdminAsync(HttpMethod.Get, $"/admin/logs/{id}/content")).Status.ShouldBe(404);
                var deleted = (await AuditScene.EntriesAsync(caller, $"resource_type=content&resource_id={id}&action=delete")).ShouldHaveSingleItem();
                deleted.ToJsonString().ShouldNotContain("fine day");
            }
        }

        await AuditScene.ShouldBeGoodAsync(caller);
    }

    /// <summary>The switch, not the project: off by default, and off at once.</summary>
    [Theory, EveryTopology]
    public async Task Content_WhenNobodyWantsIt_IsNotKept(Topology topology)
    {
        var caller = await UseAsync(topology);
        var (project, secret) = await CreateAsync(caller, []);
        var (_, alone) = await caller.CreateKeyAsync();
        var upstream = await caller.AddUpstreamAsync();
        var off = await CallAsync(caller, secret, upstream);
        var withoutProject = await CallAsync(caller, alone, upstream);
        await ChangeAsync(caller, project, new JsonObject { ["content_logging"] = true });
        var on = await CallAsync(caller, secret, upstream);
        await ChangeAsync(caller, project, new JsonObject { ["content_logging"] = false });
        var offAgain = await CallAsync(caller, secret, upstream);

        await KeptAsync(caller, on);
        foreach (var id in (string[])[off, withoutProject, offAgain])
        {
            (await caller.AdminAsync(HttpMethod.Get, $"/admin/logs/{id}/content")).Status.ShouldBe(404);
        }
    }

    [Theory]
    [InlineData("""{"content_retention_days":0}""")]
    [InlineData("""{"content_retention_days":366}""")]
    [InlineData("""{"content_logging":"yes"}""")]
    [InlineData("""{"redaction":["emails"]}""")]
    [InlineData("""{"redaction":["regex:(a)\\1"]}""")]
    [InlineData("""{"redaction":[]}""")]
    public async Task Project_WhenItsContentRulesAreWrong_IsRefused(string fields)
    {
        var caller = await UseAsync(Topology.Standalone);
        var (project, _) = await CreateAsync(caller, []);

        (await caller.SendAsync(HttpMethod.Patch, $"/admin/projects/{project}", fields, caller.Gateway.AdminKey)).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Content_WhenItIsLong_IsCutAndSaysSo()
    {
        var caller = await UseAsync(Topology.Standalone);
        var (_, secret) = await CreateAsync(caller, new JsonObject { ["content_logging"] = true, ["redaction"] = new JsonArray("email", "regex:PRJ-[0-9]+") });
        var upstream = await caller.AddUpstreamAsync();
        var text = string.Concat(Enumerable.Repeat("PRJ-17 and a@b.example. ", 10_000));
        var answer = await caller.SendAsync(
            HttpMethod.Post, Caller.ChatPath, $$"""{"model":"{{upstream.Alias}}","messages":[{"role":"user","content":"{{text}}"}]}""", secret);

        var kept = await KeptAsync(caller, IdOf(answer));

        kept.Json["truncated"]!.GetValue<bool>().ShouldBeTrue();
        var question = kept.Json["request"]!["messages"]![0]!["content"]!.GetValue<string>();
        question.ShouldStartWith("[redacted] and [email]. [redacted] and");
        question.ShouldNotContain("@");
        question.Length.ShouldBeInRange(10_000, 80_000);
    }

    /// <summary>Security row 25: gone after its time, from the pages of the database and from its write-ahead log too.</summary>
    [Fact]
    public async Task Content_WhenItsTimeIsOver_IsGoneFromEveryFile()
    {
        await using var gateway = await ClockedGateway.StartNewAsync();
        var caller = Use(gateway);
        var (_, secret) = await CreateAsync(caller, new JsonObject { ["content_logging"] = true, ["content_retention_days"] = 1 });

        // Without digits, which may look like a number of somebody's.
        var word = $"kept-{string.Concat(Guid.NewGuid().ToByteArray().Select(part => (char)('a' + (part % 26))))}";
        var upstream = await caller.AddUpstreamAsync(new Answer { Text = word });
        var id = await CallAsync(caller, secret, upstream);
        (await KeptAsync(caller, id)).Text.ShouldContain(word);
        IsInFiles(gateway, word).ShouldBeTrue();

        gateway.Clock.Advance(TimeSpan.FromHours(24));

        await TimeLimit.PollAsync("the end", async _ => (await caller.AdminAsync(HttpMethod.Get, $"/admin/logs/{id}/content")) is { Status: 404 } gone ? gone : null);
        await TimeLimit.PollAsync("the sweep", _ =>
        {
            gateway.Clock.Advance(TimeSpan.FromMinutes(10));
            return Task.FromResult(IsInFiles(gateway, word) ? null : gateway);
        });
    }

    private static bool IsInFiles(ClockedGateway gateway, string word)
        => DataFolder.Read(gateway.DataDirectory).Any(file => file.Bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(word)) >= 0);

    private static async Task<(string Project, string Secret)> CreateAsync(Caller caller, JsonObject fields)
    {
        fields["name"] = Caller.Unique("project");
        var created = await caller.AdminAsync(HttpMethod.Post, "/admin/projects", fields);
        created.Status.ShouldBe(201, created.Text);
        var project = created.Json["id"]!.GetValue<string>();
        return (project, (await caller.CreateKeyAsync(new JsonObject { ["project_id"] = project })).Secret);
    }

    private static async Task ChangeAsync(Caller caller, string project, JsonObject fields)
        => (await caller.AdminAsync(HttpMethod.Patch, $"/admin/projects/{project}", fields)).Status.ShouldBe(200);

    private static async Task<string> CallAsync(Caller caller, string secret, Upstream upstream)
    {
        var answer = await caller.ChatWithKeyAsync(secret, upstream.Body());
        answer.Status.ShouldBe(200, answer.Text);
        return IdOf(answer);
    }

    /// <summary>That of its record.</summary>
    private static string IdOf(Answered answer) => Guid.Parse(answer.RequestId["req_".Length..]).ToString();

    private static Task<Answered> KeptAsync(Caller caller, string id) => TimeLimit.PollAsync(
        "the content", async _ => await caller.AdminAsync(HttpMethod.Get, $"/admin/logs/{id}/content") is { Status: 200 } kept ? kept : null);

    private static (string Path, string Body)[] Bodies(string model) =>
    [
        ("/v1/chat/completions", $$"""{"model":"{{model}}","messages":[{"role":"user","content":"{{Question}}"}]"""),
        ("/v1/messages", $$"""{"model":"{{model}}","max_tokens":50,"messages":[{"role":"user","content":"{{Question}}"}]"""),
        ("/v1/responses", $$"""{"model":"{{model}}","store":false,"input":"{{Question}}" """),
    ];
}
