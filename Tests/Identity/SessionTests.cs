using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Identity;

/// <summary>An administrator in a browser.</summary>
public sealed class SessionTests(IdentityGateway own) : IClassFixture<IdentityGateway>
{
    [Fact]
    public async Task Session_WhenSignedIn_IsACookieThatNoScriptReadsAndNoOtherSiteSends()
    {
        var (id, token) = await own.CreateAdminAsync("admin");

        var (cookie, forgery, answer) = await own.SignInAsync(token);

        var set = answer.Headers["set-cookie"].ToLowerInvariant();
        set.ShouldContain("httponly");
        set.ShouldContain("samesite=strict");
        set.ShouldNotContain("secure");
        answer.Headers["cache-control"].ShouldBe("no-store");
        answer.Text.ShouldNotContain(cookie.Split('=')[1]);
        var session = await own.SendAsync(HttpMethod.Get, "/admin/session", headers: ("cookie", cookie));
        session.Json["admin_id"]!.GetValue<string>().ShouldBe(id);
        session.Json["role"]!.GetValue<string>().ShouldBe("admin");
        session.Json["csrf_token"]!.GetValue<string>().ShouldBe(forgery);
        session.Json["expires_at"]!.GetValue<DateTime>().ShouldBe(own.Clock.GetUtcNow().UtcDateTime.AddHours(8));
        (await own.SendAsync(HttpMethod.Get, "/admin/keys", headers: ("cookie", cookie))).Status.ShouldBe(200);

        // It is for administering alone.
        (await own.SendAsync(HttpMethod.Get, "/v1/models", headers: ("cookie", cookie))).Status.ShouldBe(401);
        (await own.SendAsync(HttpMethod.Get, "/admin/keys", cookie.Split('=')[1])).Status.ShouldBe(401);
        var entries = (await own.DoAsync(HttpMethod.Get, $"/admin/audit-logs?resource_id={id}&action=sign-in"))["data"]!.AsArray();
        entries.ShouldHaveSingleItem()!["request_id"]!.GetValue<string>().ShouldBe(answer.RequestId);
    }

    [Fact]
    public async Task Session_WhenItCameOverTls_IsSentOverTlsAlone()
    {
        var (_, token) = await own.CreateAdminAsync("viewer");

        var answer = await own.SendAsync(HttpMethod.Post, "/admin/session", token, headers: ("x-forwarded-proto", "https"));

        answer.Headers["set-cookie"].ShouldStartWith("__Host-gateway-session=");
        answer.Headers["set-cookie"].ToLowerInvariant().ShouldContain("; secure");
        (await own.SendAsync(HttpMethod.Get, "/admin/session", headers: ("cookie", IdentityGateway.CookieOf(answer)))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Session_WhenItsCookieCouldBeOfAnotherHost_IsNoneOverTls()
    {
        var (_, token) = await own.CreateAdminAsync("viewer");
        var (cookie, _, _) = await own.SignInAsync(token);

        (await own.SendAsync(HttpMethod.Get, "/admin/session", headers: [("cookie", cookie)])).Status.ShouldBe(200);
        (await own.SendAsync(HttpMethod.Get, "/admin/session", headers: [("cookie", cookie), ("x-forwarded-proto", "https")])).Status.ShouldBe(401);
    }

    /// <summary>Security row 20.</summary>
    [Fact]
    public async Task Write_WhenItIsNotOfOurOwnPage_IsRefused()
    {
        var (_, token) = await own.CreateAdminAsync("admin");
        var (cookie, forgery, _) = await own.SignInAsync(token);
        var (_, otherForgery, _) = await own.SignInAsync(token);
        var body = new { name = Caller.Unique("p") };

        foreach (var headers in ((string, string)[][])
            [
                [("cookie", cookie)],
                [("cookie", cookie), ("x-csrf-token", "")],
                [("cookie", cookie), ("x-csrf-token", otherForgery)],
                [("cookie", cookie), ("origin", "https://evil.example")],
            ])
        {
            var refused = await own.SendAsync(HttpMethod.Post, "/admin/projects", body: body, headers: headers);
            refused.Status.ShouldBe(403, refused.Text);
            refused.Error["code"]!.GetValue<string>().ShouldBe("csrf_token_required");
        }

        foreach (var type in (string[])["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "nonsense"])
        {
            (await own.SendAsync(HttpMethod.Post, "/admin/projects", body: body, headers: [("cookie", cookie), ("x-csrf-token", forgery), ("content-type", type)]))
                .Status.ShouldBe(415, type);
            (await own.SendAsync(HttpMethod.Post, "/admin/session", body: new { token }, headers: ("content-type", type))).Status.ShouldBe(415, type);
        }

        (await own.SendAsync(HttpMethod.Delete, "/admin/session", headers: ("cookie", cookie))).Status.ShouldBe(403);
        (await own.DoAsync(HttpMethod.Get, $"/admin/projects?name_prefix={body.name}"))["total"]!.GetValue<long>().ShouldBe(0);
        (await own.SendAsync(HttpMethod.Post, "/admin/projects", body: body, headers: [("cookie", cookie), ("x-csrf-token", forgery)])).Status.ShouldBe(201);
    }

    [Fact]
    public async Task Session_WhenSignedOutOrOver_OpensNothing()
    {
        var (_, token) = await own.CreateAdminAsync("viewer");
        var (first, forgery, _) = await own.SignInAsync(token);
        var (second, _, _) = await own.SignInAsync(token);

        var left = await own.SendAsync(HttpMethod.Delete, "/admin/session", headers: [("cookie", first), ("x-csrf-token", forgery)]);

        left.Status.ShouldBe(204);
        left.Headers["set-cookie"].ShouldContain("gateway-session=;");
        (await own.SendAsync(HttpMethod.Get, "/admin/session", headers: ("cookie", first))).Status.ShouldBe(401);
        (await own.SendAsync(HttpMethod.Get, "/admin/session", headers: ("cookie", second))).Status.ShouldBe(200);
        own.Clock.Advance(TimeSpan.FromHours(8));
        var over = await own.SendAsync(HttpMethod.Get, "/admin/session", headers: ("cookie", second));
        over.Status.ShouldBe(401);
        over.Error["code"]!.GetValue<string>().ShouldBe("session_over");
    }

    [Fact]
    public async Task Session_WhenTheGatewayStartsAgain_GoesOn()
    {
        var (_, token) = await own.CreateAdminAsync("viewer");
        var (cookie, _, _) = await own.SignInAsync(token);

        await own.Gateway.StopAsync();
        await own.Gateway.StartAsync();

        (await own.SendAsync(HttpMethod.Get, "/admin/session", headers: ("cookie", cookie))).Status.ShouldBe(200);
    }

    /// <summary>Security row 31.</summary>
    [Fact]
    public async Task Credentials_WhenTheyAreOfTwo_AreRefused()
    {
        var (_, one) = await own.CreateAdminAsync("viewer");
        var (_, other) = await own.CreateAdminAsync("viewer");
        var (cookie, _, _) = await own.SignInAsync(one);

        (await own.SendAsync(HttpMethod.Get, "/admin/keys", one, headers: ("x-api-key", other))).Status.ShouldBe(400);
        (await own.SendAsync(HttpMethod.Get, "/admin/keys", one, headers: ("x-api-key", one))).Status.ShouldBe(200);
        (await own.SendAsync(HttpMethod.Get, "/admin/keys", other, headers: ("cookie", cookie))).Status.ShouldBe(400);
        (await own.SendAsync(HttpMethod.Get, "/admin/keys", one, headers: ("cookie", cookie))).Status.ShouldBe(200);
        (await own.SendAsync(HttpMethod.Get, "/admin/keys", one, headers: ("cookie", "gateway-session=gw-session-of-yesterday"))).Status.ShouldBe(200);
        (await own.SendAsync(HttpMethod.Post, "/admin/session", one, new { token = other })).Status.ShouldBe(400);
    }

    [Fact]
    public async Task SignIn_WhenItIsNotAnAdmins_IsRefusedAndInTheLog()
    {
        var (_, virtualKey) = await own.CreateKeyAsync();
        foreach (var (body, status) in ((object?, int)[])
            [
                (null, 401), ("{}", 401), (new { token = "gw-admin-wrong-wrong-wrong" }, 401), (new { token = virtualKey }, 403),
                (new { token = 7 }, 400), (new { token = "x", remember = true }, 400), (new string('x', 5000), 413),
            ])
        {
            var answer = await own.SendAsync(HttpMethod.Post, "/admin/session", body: body);

            answer.Status.ShouldBe(status, answer.Text);
            answer.Headers.ShouldNotContainKey("set-cookie");
            answer.Error["message"]!.GetValue<string>().ShouldNotBeEmpty();
            if (status is 401 or 403)
            {
                await TimeLimit.PollAsync("the entry", async _ => (await own.DoAsync(HttpMethod.Get, $"/admin/audit-logs?request_id={answer.RequestId}"))["data"]!.AsArray().SingleOrDefault());
            }
        }

        (await own.SendAsync(HttpMethod.Get, "/admin/session/methods")).Json.ToJsonString().ShouldBe("""{"token":true,"oidc":false}""");
        (await own.SendAsync(HttpMethod.Get, "/admin/session/oidc")).Status.ShouldBe(401);
    }
}
