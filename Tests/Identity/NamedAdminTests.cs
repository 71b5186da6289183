using System.Text.Json.Nodes;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Identity;

/// <summary>Administrators with a name: what they are made of, and that there is always an owner.</summary>
public sealed class NamedAdminTests(IdentityGateway own) : IClassFixture<IdentityGateway>
{
    [Fact]
    public async Task Admin_WhenMade_ShowsItsTokenOnceAndIsKnownByIt()
    {
        var name = Caller.Unique("a");

        var created = await own.DoAsync(HttpMethod.Post, "/admin/admins", new { name, role = "admin" }, 201);

        var (id, token) = (created["id"]!.GetValue<string>(), created["token"]!.GetValue<string>());
        token.ShouldStartWith("gw-admin-");
        created["token_prefix"]!.GetValue<string>().ShouldBe(token[..15]);
        var shown = await own.DoAsync(HttpMethod.Get, $"/admin/admins/{id}");
        shown.ToJsonString().ShouldNotContain(token[15..]);
        shown["status"]!.GetValue<string>().ShouldBe("active");
        (await own.DoAsync(HttpMethod.Get, "/admin/admins?role=admin")).ToJsonString().ShouldNotContain(token[15..]);
        (await own.DoAsync(HttpMethod.Get, "/admin/session", key: token))["name"]!.GetValue<string>().ShouldBe(name);
        (await own.SendAsync(HttpMethod.Post, "/admin/admins", own.OwnerKey, new { name, role = "viewer" })).Status.ShouldBe(409);

        // Both in the log, and the token in neither.
        var entries = (await own.DoAsync(HttpMethod.Get, $"/admin/audit-logs?resource_id={id}"))["data"]!.AsArray();
        entries.ShouldHaveSingleItem()!["action"]!.GetValue<string>().ShouldBe("create");
        entries.ToJsonString().ShouldNotContain(token[15..]);
        await own.DoAsync(HttpMethod.Post, "/admin/keys", new { name = Caller.Unique("k") }, 201, token);
        (await own.DoAsync(HttpMethod.Get, $"/admin/audit-logs?actor={name}"))["data"]!.AsArray().ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("""{"name":"x","role":"viewer","id":"0198c0de-0000-7000-8000-000000000001"}""", "id")]
    [InlineData("""{"name":"x","role":"viewer","source":"bootstrap"}""", "source")]
    [InlineData("""{"name":"x","role":"viewer","token":"gw-admin-mine"}""", "token")]
    [InlineData("""{"name":"x","role":"viewer","digest":"AAAA"}""", "digest")]
    [InlineData("""{"name":"x","role":"viewer","last_used_at":null}""", "last_used_at")]
    [InlineData("""{"name":"x","role":"viewer","tenant_id":1}""", "tenant_id")]
    [InlineData("""{"name":"bootstrap","role":"viewer"}""", "name")]
    [InlineData("""{"name":"","role":"viewer"}""", "name")]
    [InlineData("""{"name":"x"}""", "role")]
    [InlineData("""{"name":"x","role":null}""", "role")]
    [InlineData("""{"name":"x","role":"root"}""", "role")]
    [InlineData("""{"name":"x","role":"project"}""", "project_id")]
    [InlineData("""{"name":"x","role":"viewer","project_id":"0198c0de-0000-7000-8000-000000000001"}""", "project_id")]
    [InlineData("""{"name":"x","role":"project","project_id":"0198c0de-0000-7000-8000-000000000001"}""", "project_id")]
    [InlineData("""{"name":"x","role":"viewer","expires_at":"tomorrow"}""", "expires_at")]
    [InlineData("""{"name":"x","role":"viewer","enabled":"yes"}""", "enabled")]
    public async Task Field_WhenItIsWrongOrNotTheirs_Is400AndNamed(string body, string field)
    {
        var answer = await own.SendAsync(HttpMethod.Post, "/admin/admins", own.OwnerKey, body);

        answer.Status.ShouldBe(400, answer.Text);
        answer.Json["errors"]![field].ShouldNotBeNull(answer.Text);
    }

    /// <summary>Whatever takes a right away, takes it away with the next request: of the token and of whoever signed in with it.</summary>
    [Theory]
    [InlineData("rotate")]
    [InlineData("disable")]
    [InlineData("expire")]
    [InlineData("delete")]
    public async Task Token_WhenItsRightEnds_OpensNothingAtOnce(string how)
    {
        var (id, token) = await own.CreateAdminAsync("viewer");
        var (cookie, _, _) = await own.SignInAsync(token);
        (await own.SendAsync(HttpMethod.Get, "/admin/keys", token)).Status.ShouldBe(200);
        (await own.SendAsync(HttpMethod.Get, "/admin/keys", headers: ("cookie", cookie))).Status.ShouldBe(200);

        var next = how switch
        {
            "rotate" => (await own.DoAsync(HttpMethod.Post, $"/admin/admins/{id}/rotate"))["token"]!.GetValue<string>(),
            "disable" => (await own.DoAsync(HttpMethod.Patch, $"/admin/admins/{id}", new { enabled = false }))["status"]!.GetValue<string>(),
            "expire" => (await own.DoAsync(HttpMethod.Patch, $"/admin/admins/{id}", new { expires_at = own.Clock.GetUtcNow().AddSeconds(-1) }))["status"]!.GetValue<string>(),
            _ => (await own.DoAsync(HttpMethod.Delete, $"/admin/admins/{id}", status: 204)).ToJsonString(),
        };

        (await own.SendAsync(HttpMethod.Get, "/admin/keys", token)).Status.ShouldBe(401);
        var session = await own.SendAsync(HttpMethod.Get, "/admin/keys", headers: ("cookie", cookie));
        session.Status.ShouldBe(401);
        session.Headers["set-cookie"].ShouldContain("gateway-session=;");
        if (how == "rotate")
        {
            (await own.SendAsync(HttpMethod.Get, "/admin/keys", next)).Status.ShouldBe(200);
        }
    }

    [Fact]
    public async Task Role_WhenChanged_HoldsForTheNextRequest()
    {
        var (id, token) = await own.CreateAdminAsync("admin");
        (await own.SendAsync(HttpMethod.Post, "/admin/projects", token, new { name = Caller.Unique("p") })).Status.ShouldBe(201);

        await own.DoAsync(HttpMethod.Patch, $"/admin/admins/{id}", new { role = "viewer" });

        (await own.SendAsync(HttpMethod.Post, "/admin/projects", token, new { name = Caller.Unique("p") })).Status.ShouldBe(403);
    }

    /// <summary>Security row 14.</summary>
    [Fact]
    public async Task Owner_WhenItIsTheLast_Stays()
    {
        var id = (await own.DoAsync(HttpMethod.Get, "/admin/session"))["admin_id"]!.GetValue<string>();

        (await own.SendAsync(HttpMethod.Delete, $"/admin/admins/{id}", own.OwnerKey)).Status.ShouldBe(409);
        (await own.SendAsync(HttpMethod.Patch, $"/admin/admins/{id}", own.OwnerKey, new { enabled = false })).Status.ShouldBe(409);
        (await own.SendAsync(HttpMethod.Patch, $"/admin/admins/{id}", own.OwnerKey, new { role = "viewer" })).Status.ShouldBe(400);
        (await own.SendAsync(HttpMethod.Post, $"/admin/admins/{id}/rotate", own.OwnerKey)).Status.ShouldBe(409);

        (await own.SendAsync(HttpMethod.Get, "/admin/admins", own.OwnerKey)).Status.ShouldBe(200);
        var tries = (await own.DoAsync(HttpMethod.Get, $"/admin/audit-logs?resource_id={id}&failed=true"))["data"]!.AsArray();
        tries.Count.ShouldBe(4);
    }

    [Fact]
    public async Task LastUse_WhenThereAreManyCalls_IsWrittenOnceAMinute()
    {
        var (id, token) = await own.CreateAdminAsync("viewer");
        await own.DoAsync(HttpMethod.Get, "/admin/keys", key: token);
        var first = await LastUsedAsync();

        own.Clock.Advance(TimeSpan.FromSeconds(30));
        await own.DoAsync(HttpMethod.Get, "/admin/keys", key: token);
        (await LastUsedAsync()).ShouldBe(first);
        own.Clock.Advance(TimeSpan.FromSeconds(31));
        await own.DoAsync(HttpMethod.Get, "/admin/keys", key: token);

        (await LastUsedAsync()).ShouldNotBe(first);
        async Task<string> LastUsedAsync() => (await own.DoAsync(HttpMethod.Get, $"/admin/admins/{id}"))["last_used_at"]!.GetValue<string>();
    }

    /// <summary>Security row 12.</summary>
    [Fact]
    public async Task ConfiguredKey_WhenItWasRevoked_StaysSoOverRestarts()
    {
        await using var gateway = await ClockedGateway.StartNewAsync();
        using var bootstrap = gateway.CreateClient(gateway.AdminKey);
        var id = (await JsonAsync(bootstrap, HttpMethod.Get, "/admin/session"))["admin_id"];
        var token = (await JsonAsync(bootstrap, HttpMethod.Post, "/admin/admins", """{"name":"named","role":"owner"}"""))["token"]!.GetValue<string>();
        using var owner = gateway.CreateClient(token);

        (await owner.DeleteAsync($"/admin/admins/{id}", TimeLimit.Token())).StatusCode.ShouldBe(System.Net.HttpStatusCode.NoContent);

        for (var start = 0; start < 3; start++)
        {
            (await bootstrap.GetAsync("/admin/keys", TimeLimit.Token())).StatusCode.ShouldBe(System.Net.HttpStatusCode.Unauthorized);
            (await owner.GetAsync("/admin/keys", TimeLimit.Token())).StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
            await gateway.StopAsync();
            await gateway.StartAsync();
        }

        (await JsonAsync(owner, HttpMethod.Get, $"/admin/admins/{id}"))["status"]!.GetValue<string>().ShouldBe("revoked");
        var named = (await JsonAsync(owner, HttpMethod.Get, "/admin/session"))["admin_id"];
        foreach (var body in (string?[])[null, """{"enabled":false}""", """{"role":"admin"}""", """{"expires_at":"2030-01-01T00:00:00Z"}"""])
        {
            using var request = new HttpRequestMessage(body is null ? HttpMethod.Delete : HttpMethod.Patch, $"/admin/admins/{named}");
            request.Content = body is null ? null : new StringContent(body, null, "application/json");
            (await owner.SendAsync(request, TimeLimit.Token())).StatusCode.ShouldBe(System.Net.HttpStatusCode.Conflict, body);
        }
    }

    /// <summary>Two owners who delete each other at the same moment: one of them is too late.</summary>
    [Fact]
    public async Task Owners_WhenTheyDeleteEachOther_LeaveOne()
    {
        await using var gateway = await ClockedGateway.StartNewAsync();
        using var bootstrap = gateway.CreateClient(gateway.AdminKey);
        var first = await JsonAsync(bootstrap, HttpMethod.Post, "/admin/admins", """{"name":"first","role":"owner"}""");
        var second = await JsonAsync(bootstrap, HttpMethod.Post, "/admin/admins", """{"name":"second","role":"owner"}""");
        using var one = gateway.CreateClient(first["token"]!.GetValue<string>());
        using var two = gateway.CreateClient(second["token"]!.GetValue<string>());
        var id = (await JsonAsync(bootstrap, HttpMethod.Get, "/admin/session"))["admin_id"];
        await one.DeleteAsync($"/admin/admins/{id}", TimeLimit.Token());

        var answers = await Task.WhenAll(
            one.DeleteAsync($"/admin/admins/{second["id"]}", TimeLimit.Token()), two.DeleteAsync($"/admin/admins/{first["id"]}", TimeLimit.Token()));

        answers.Count(answer => answer.StatusCode == System.Net.HttpStatusCode.NoContent).ShouldBe(1);
        var left = answers[0].IsSuccessStatusCode ? one : two;
        (await JsonAsync(left, HttpMethod.Get, "/admin/session"))["role"]!.GetValue<string>().ShouldBe("owner");
    }

    private static async Task<JsonNode> JsonAsync(HttpClient client, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, null, "application/json") };
        using var response = await client.SendAsync(request, TimeLimit.Token());
        var text = await response.Content.ReadAsStringAsync(TimeLimit.Token());
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonNode.Parse(text)!;
    }
}
