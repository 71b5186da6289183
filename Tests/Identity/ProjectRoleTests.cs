using Gateway.Contracts.Usage;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Tests.TestKit;
using Tests.Usage;
using Xunit;

namespace Tests.Identity;

/// <summary>Who administers one project sees and changes nothing of another (security rows 13 and 30).</summary>
public sealed class ProjectRoleTests(IdentityGateway own) : IClassFixture<IdentityGateway>
{
    [Fact]
    public async Task Keys_WhenTheyAreOfAnotherProject_AreNotThere()
    {
        var (mine, theirs) = (await own.CreateProjectAsync(), await own.CreateProjectAsync());
        var (_, token) = await own.CreateAdminAsync("project", mine);
        var (myKey, _) = await own.CreateKeyAsync(mine);
        var (theirKey, _) = await own.CreateKeyAsync(theirs);
        var (loneKey, _) = await own.CreateKeyAsync();

        var list = await own.DoAsync(HttpMethod.Get, "/admin/keys", key: token);

        list["data"]!.AsArray().ShouldHaveSingleItem()!["id"]!.GetValue<string>().ShouldBe(myKey);
        list["total"]!.GetValue<long>().ShouldBe(1);
        (await own.DoAsync(HttpMethod.Get, $"/admin/keys?project_id={theirs}", key: token))["total"]!.GetValue<long>().ShouldBe(0);
        foreach (var id in (string[])[theirKey, loneKey])
        {
            foreach (var (method, path, body) in ((HttpMethod, string, object?)[])
                [
                    (HttpMethod.Get, "", null), (HttpMethod.Get, "/usage", null), (HttpMethod.Patch, "", new { name = "mine now" }),
                    (HttpMethod.Patch, "", new { project_id = mine }), (HttpMethod.Delete, "", null), (HttpMethod.Post, "/rotate", null),
                    (HttpMethod.Post, "/top-ups", new { amount = 1 }),
                ])
            {
                var unknown = Guid.NewGuid().ToString();
                var answer = await own.SendAsync(method, $"/admin/keys/{id}{path}", token, body);
                var other = await own.SendAsync(method, $"/admin/keys/{unknown}{path}", token, body);

                (await own.SendAsync(method, $"/admin/keys/{id}{path}", token, body, ("if-match", "\"1\""))).Status.ShouldBe(404, $"{method} {path}");
                answer.Status.ShouldBe(404, $"{method} {path}: {answer.Text}");
                answer.Text.Replace(id, unknown, StringComparison.Ordinal).ShouldBe(other.Text);
            }
        }

        (await own.SendAsync(HttpMethod.Get, $"/admin/keys/{theirKey}", own.OwnerKey)).Text.ShouldNotContain("mine now");
    }

    [Fact]
    public async Task Key_WhenItIsMade_IsInTheirProjectAndStaysThere()
    {
        var (mine, theirs) = (await own.CreateProjectAsync(), await own.CreateProjectAsync());
        var (_, token) = await own.CreateAdminAsync("project", mine);

        var created = await own.DoAsync(HttpMethod.Post, "/admin/keys", new { name = Caller.Unique("k") }, 201, token);

        created["project_id"]!.GetValue<string>().ShouldBe(mine);
        var path = $"/admin/keys/{created["id"]}";
        foreach (var (method, target, body, field) in ((HttpMethod, string, object, string)[])
            [
                (HttpMethod.Post, "/admin/keys", new { name = "x", project_id = theirs }, "project_id"),
                (HttpMethod.Post, "/admin/keys", new { name = "x", project_id = (string?)null }, "project_id"),
                (HttpMethod.Post, "/admin/keys", new { name = "x", unpriced_policy = "mark" }, "unpriced_policy"),
                (HttpMethod.Patch, path, new { project_id = theirs }, "project_id"),
                (HttpMethod.Patch, path, new { project_id = (string?)null }, "project_id"),
                (HttpMethod.Patch, path, new { unpriced_policy = (string?)null }, "unpriced_policy"),
            ])
        {
            var answer = await own.SendAsync(method, target, token, body);
            answer.Status.ShouldBe(400, answer.Text);
            answer.Json["errors"]![field].ShouldNotBeNull(answer.Text);
        }

        (await own.DoAsync(HttpMethod.Patch, path, new { rpm_limit = 5 }, key: token))["rpm_limit"]!.GetValue<int>().ShouldBe(5);
        (await own.SendAsync(HttpMethod.Post, path + "/rotate", token)).Status.ShouldBe(200);
        (await own.SendAsync(HttpMethod.Delete, path, token)).Status.ShouldBe(204);
    }

    [Fact]
    public async Task Projects_WhenTheyAreNotTheirs_AreNotThere()
    {
        var (mine, theirs) = (await own.CreateProjectAsync(), await own.CreateProjectAsync());
        var (_, token) = await own.CreateAdminAsync("project", mine);

        (await own.DoAsync(HttpMethod.Get, "/admin/projects", key: token))["data"]!.AsArray().ShouldHaveSingleItem()!["id"]!.GetValue<string>().ShouldBe(mine);
        (await own.SendAsync(HttpMethod.Get, $"/admin/projects/{mine}/usage", token)).Status.ShouldBe(200);
        (await own.SendAsync(HttpMethod.Get, $"/admin/projects/{theirs}", token)).Status.ShouldBe(404);
        (await own.SendAsync(HttpMethod.Get, $"/admin/projects/{theirs}/usage", token)).Status.ShouldBe(404);

        // Its budget is not its own to raise.
        var raised = await own.SendAsync(HttpMethod.Patch, $"/admin/projects/{mine}", token, new { budget_limit = 1000 });
        raised.Status.ShouldBe(403);
        raised.Error["code"]!.GetValue<string>().ShouldBe("admin_role_required");
    }

    [Fact]
    public async Task Budgets_WhenTheyAreOfAnotherProject_AreNotThere()
    {
        var (mine, theirs) = (await own.CreateProjectAsync(), await own.CreateProjectAsync());
        var (_, token) = await own.CreateAdminAsync("project", mine);
        var (myKey, _) = await own.CreateKeyAsync(mine);
        var (theirKey, _) = await own.CreateKeyAsync(theirs);
        foreach (var path in (string[])[$"projects/{mine}", $"projects/{theirs}", $"keys/{myKey}", $"keys/{theirKey}"])
        {
            await own.DoAsync(HttpMethod.Patch, $"/admin/{path}", new { budget_limit = 5 });
        }

        foreach (var query in (string[])["", "?min_used_percent=0"])
        {
            (await own.DoAsync(HttpMethod.Get, "/admin/budgets" + query, key: token))["data"]!.AsArray().Select(budget => budget!["id"]!.GetValue<string>()).ShouldBe([mine, myKey], query);
        }

        (await own.DoAsync(HttpMethod.Get, $"/admin/budgets?project_id={theirs}", key: token))["total"]!.GetValue<long>().ShouldBe(0);
    }

    [Fact]
    public async Task Calls_WhenTheyAreOfAnotherProject_AreInNoLogAndNoSum()
    {
        var (mine, theirs) = (await own.CreateProjectAsync(), await own.CreateProjectAsync());
        var (_, token) = await own.CreateAdminAsync("project", mine);
        var at = own.Clock.GetUtcNow().UtcDateTime;
        var records = ((string[])[mine, theirs, theirs]).Select(project => SomeRecords.One(at) with { KeyId = Guid.NewGuid(), ProjectId = Guid.Parse(project) }).ToList();
        await own.Gateway.Services.GetRequiredService<IUsageLog>().RecordAsync(records, TimeLimit.Token());
        var calls = records.ConvertAll(record => record.RequestId);

        var logs = await own.DoAsync(HttpMethod.Get, "/admin/logs", key: token);
        var export = await own.SendAsync(HttpMethod.Get, "/admin/logs/export?format=jsonl", token);
        var usage = await own.DoAsync(HttpMethod.Get, "/admin/usage?group_by=project", key: token);

        logs["data"]!.AsArray().ShouldHaveSingleItem()!["request_id"]!.GetValue<string>().ShouldBe(calls[0]);
        export.Text.ShouldContain(calls[0]);
        export.Text.ShouldNotContain(calls[1]);
        usage["totals"]!["requests"]!.GetValue<long>().ShouldBe(1);
        usage["data"]!.AsArray().ShouldHaveSingleItem()!["group"]!.GetValue<string>().ShouldBe(mine);
        (await own.SendAsync(HttpMethod.Get, $"/admin/logs/{calls[0]}", token)).Status.ShouldBe(200);
        (await own.SendAsync(HttpMethod.Get, $"/admin/logs/{calls[1]}", token)).Status.ShouldBe(404);
        (await own.DoAsync(HttpMethod.Get, $"/admin/logs?project_id={theirs}", key: token))["data"]!.AsArray().ShouldBeEmpty();
        (await own.DoAsync(HttpMethod.Get, $"/admin/usage?project_id={theirs}", key: token))["totals"]!["requests"]!.GetValue<long>().ShouldBe(0);
    }

    /// <summary>Security row 19: what says this to the services is for the Edge to say.</summary>
    [Fact]
    public async Task Header_WhenAClientSaysWhoItIs_ChangesNothing()
    {
        var (mine, theirs) = (await own.CreateProjectAsync(), await own.CreateProjectAsync());
        var (_, token) = await own.CreateAdminAsync("project", mine);
        var (theirKey, _) = await own.CreateKeyAsync(theirs);
        (string, string)[] forged =
        [
            ("x-gateway-project", theirs), ("x-gateway-actor", "somebody-else"), ("x-gateway-source", "203.0.113.7"), ("x-tenant-id", theirs),
            ("x-internal-role", "owner"), ("x-forwarded-for", "203.0.113.7"),
        ];

        (await own.SendAsync(HttpMethod.Get, $"/admin/keys/{theirKey}", token, headers: forged)).Status.ShouldBe(404);
        (await own.SendAsync(HttpMethod.Get, "/admin/admins", token, headers: forged)).Status.ShouldBe(403);
        (await own.SendAsync(HttpMethod.Get, "/admin/keys", headers: forged)).Status.ShouldBe(401);
        (await own.SendAsync(HttpMethod.Get, $"/admin/keys/{theirKey}", own.OwnerKey, headers: forged)).Status.ShouldBe(200);
        var made = await own.SendAsync(HttpMethod.Post, "/admin/projects", own.OwnerKey, new { name = Caller.Unique("p") }, forged);
        var entry = (await own.DoAsync(HttpMethod.Get, $"/admin/audit-logs?request_id={made.RequestId}"))["data"]!.AsArray().ShouldHaveSingleItem()!;
        entry["actor"]!.GetValue<string>().ShouldBe("bootstrap");
        entry["source"]!.GetValue<string>().ShouldBe("127.0.0.1");
    }
}
