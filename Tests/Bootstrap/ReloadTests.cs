using System.Text;
using Gateway.Simulator.Scripts;
using KeyService.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Bootstrap;

/// <summary>The source of the keys changes while the gateway runs.</summary>
public sealed class ReloadTests
{
    [Fact]
    public async Task TB09_Keys_WhenTheirSourceChanges_AreThoseItSaysAfterAReload()
    {
        await using var scene = new ReloadScene();
        await scene.InitializeAsync();
        (await scene.ChatAsync("old")).Status.ShouldBe(200);
        (await scene.ChatAsync("line-1")).Status.ShouldBe(200);
        scene.Upstream.Script("endless", new Answer { Text = "one two three", Ending = AnswerEnding.Stall, EndAfterEvents = 2 });
        using var stream = await scene.Caller.StartAsync(
            HttpMethod.Post, Caller.ChatPath, Encoding.UTF8.GetBytes("""{"model":"openai/endless","stream":true,"messages":[{"role":"user","content":"hi"}]}"""), "old");
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync(TimeLimit.Token()));
        (await reader.ReadLineAsync(TimeLimit.Token()))!.ShouldStartWith("data: {");

        scene.Write([.. scene.Providers, "AUTH_KEY_01=kept", "AUTH_KEY_02=new", $"AUTH_KEYS_FILE={scene.KeysFile}"]);
        await File.WriteAllLinesAsync(scene.KeysFile, ["line-2"], TimeLimit.Token());
        (await scene.ChatAsync("new")).Status.ShouldBe(401, "nobody has said yet that it changed");
        var reload = await scene.AdminAsync(HttpMethod.Post, "/auth/reload-keys");

        reload.ToJsonString().ShouldBe("""{"status":"success","message":"Authentication keys reloaded","valid_keys_count":3,"added":2,"removed":2}""");
        foreach (var (key, status) in new[] { ("kept", 200), ("new", 200), ("line-2", 200), ("old", 401), ("line-1", 401) })
        {
            (await scene.ChatAsync(key)).Status.ShouldBe(status, key);
        }

        // The stream that was under way has its second event, and its upstream is there still.
        while (await reader.ReadLineAsync(TimeLimit.Token()) is var line && line?.StartsWith("data: {", StringComparison.Ordinal) != true)
        {
            line.ShouldBeEmpty();
        }

        scene.Upstream.Requests.Single(request => request.Model == "endless").CallerAborted.ShouldBeFalse();
        (await scene.AdminAsync(HttpMethod.Post, "/auth/reload-keys"))["added"]!.GetValue<int>().ShouldBe(0);
        var audit = (await scene.AdminAsync(HttpMethod.Get, "/admin/audit-logs"))["data"]!.AsArray();
        audit.Count(entry => (string?)entry!["resource_type"] == "key" && (string?)entry["actor"] != "internal").ShouldBe(5, "two came, two went, and one has another place");
    }

    [Fact]
    public async Task Keys_WhenTheirSourceCannotBeRead_StayAsTheyWere()
    {
        await using var scene = new ReloadScene();
        await scene.InitializeAsync();
        scene.Write("AUTH_KEY_01='half");

        var refused = await scene.Caller.AdminAsync(HttpMethod.Post, "/auth/reload-keys");

        refused.Status.ShouldBe(409, refused.Text);
        refused.Text.ShouldContain("line 1");
        refused.Text.ShouldNotContain("half");
        (await scene.ChatAsync("old")).Status.ShouldBe(200);
        (await scene.ChatAsync("kept")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Reload_WhenTheAuditLogCannotBeWritten_IsUnavailableAndAddsNothing()
    {
        await using var scene = new ReloadScene();
        await scene.InitializeAsync();
        await using var database = await scene.Gateway.Services.GetRequiredService<IDbContextFactory<KeyDbContext>>().CreateDbContextAsync(TimeLimit.Token());
        await database.Database.ExecuteSqlRawAsync("ALTER TABLE audit_chain RENAME TO audit_chain_away", TimeLimit.Token());
        scene.Write([.. scene.Providers, "AUTH_KEY_01=old", "AUTH_KEY_02=kept", "AUTH_KEY_03=new", $"AUTH_KEYS_FILE={scene.KeysFile}"]);

        var refused = await scene.Caller.AdminAsync(HttpMethod.Post, "/auth/reload-keys");

        refused.Status.ShouldBe(503, refused.Text);
        refused.Text.ShouldContain("audit log");
        (await scene.ChatAsync("new")).Status.ShouldBe(401);
        (await scene.ChatAsync("old")).Status.ShouldBe(200);
        await database.Database.ExecuteSqlRawAsync("ALTER TABLE audit_chain_away RENAME TO audit_chain", TimeLimit.Token());
        (await scene.AdminAsync(HttpMethod.Post, "/auth/reload-keys"))["added"]!.GetValue<int>().ShouldBe(1);
        (await scene.ChatAsync("new")).Status.ShouldBe(200);
    }

    private sealed class ReloadScene : EnvironmentScene
    {
        public string[] Providers => ["OPENAI_API_KEY=sk-1", $"OPENAI_BASE_URL={new Uri(Upstream.BaseAddress, "v1")}"];

        protected override string[] Lines()
        {
            File.WriteAllLines(KeysFile, ["# keys", "line-1"]);
            return [.. Providers, "AUTH_KEY_01=old", "AUTH_KEY_02=kept", $"AUTH_KEYS_FILE={KeysFile}"];
        }
    }
}
