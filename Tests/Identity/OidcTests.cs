using System.Text.Json.Nodes;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Identity;

/// <summary>Signing in at an identity provider: who is let in, and all the ways in which nobody is.</summary>
public sealed class OidcTests : IClassFixture<OidcGateway>
{
    private readonly OidcGateway _own;

    public OidcTests(OidcGateway own)
    {
        _own = own;
        own.Issuer.Reset();
    }

    private FakeIssuer Issuer => _own.Issuer;

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public async Task SignIn_WhenTheProviderSaysARole_HasIt(string algorithm)
    {
        Issuer.Algorithm = algorithm;
        var subject = Caller.Unique("s");

        var (asked, cookie) = await _own.BeginAsync("/admin/session/oidc?return=/console/keys");
        var answer = await _own.EndAsync(Issuer.Approve(asked, Claims(subject, "other", "gw-viewers", "gw-admins")), asked["state"], cookie);

        asked["response_type"].ShouldBe("code");
        asked["client_id"].ShouldBe("gateway");
        asked["code_challenge_method"].ShouldBe("S256");
        asked["scope"].ShouldContain("openid");
        asked["redirect_uri"].ShouldEndWith("/admin/session/oidc/callback");
        answer.Status.ShouldBe(302, answer.Text);
        answer.Headers["location"].ShouldBe("/console/keys");
        var session = await _own.Gateway.SendAsync(HttpMethod.Get, "/admin/session", headers: ("cookie", SessionOf(answer)));
        session.Json["role"]!.GetValue<string>().ShouldBe("admin");
        session.Json["name"]!.GetValue<string>().ShouldBe($"{subject}@example.com");

        // Known again the next time, with what the provider says then; an owner can shut him out all the same.
        var id = session.Json["admin_id"]!.GetValue<string>();
        var again = await SignInAsync(Claims(subject, "gw-viewers"));
        (await _own.Gateway.SendAsync(HttpMethod.Get, "/admin/session", headers: ("cookie", SessionOf(again)))).Json["admin_id"]!.GetValue<string>().ShouldBe(id);
        (await _own.Gateway.SendAsync(HttpMethod.Get, "/admin/session", headers: ("cookie", SessionOf(answer)))).Json["role"]!.GetValue<string>().ShouldBe("viewer");
        (await _own.Gateway.SendAsync(HttpMethod.Patch, $"/admin/admins/{id}", _own.Gateway.OwnerKey, new { role = "owner" })).Status.ShouldBe(400);
        await _own.Gateway.DoAsync(HttpMethod.Patch, $"/admin/admins/{id}", new { enabled = false });
        (await _own.Gateway.SendAsync(HttpMethod.Get, "/admin/session", headers: ("cookie", SessionOf(again)))).Status.ShouldBe(401);
        (await SignInAsync(Claims(subject, "gw-admins"))).Status.ShouldBe(403);
    }

    [Fact]
    public async Task SignIn_WhenTheRoleIsOfAProject_IsForItAlone()
    {
        var answer = await SignInAsync(Claims(Caller.Unique("s"), "gw-team"));

        var session = await _own.Gateway.SendAsync(HttpMethod.Get, "/admin/session", headers: ("cookie", SessionOf(answer)));
        session.Json["role"]!.GetValue<string>().ShouldBe("project");
        session.Json["project_id"]!.GetValue<Guid>().ShouldBe(OidcGateway.Project);
        (await _own.Gateway.SendAsync(HttpMethod.Get, "/admin/providers", headers: ("cookie", SessionOf(answer)))).Status.ShouldBe(403);
    }

    [Fact]
    public async Task SignIn_WhenNoRoleIsMapped_HasNoAccess()
    {
        foreach (var claims in (JsonObject[])
            [Claims("x"), Claims("x", "GW-ADMINS", "gw-admins "), new JsonObject(Claims("x").Where(claim => claim.Key != "realm_access").Select(claim => KeyValuePair.Create(claim.Key, claim.Value?.DeepClone())))])
        {
            var answer = await SignInAsync(claims);
            answer.Status.ShouldBe(403, answer.Text);
            answer.Error["code"]!.GetValue<string>().ShouldBe("no_role");
            answer.Headers.GetValueOrDefault("set-cookie", "").ShouldNotContain("gateway-session");
        }
    }

    [Theory]
    [InlineData("another issuer")]
    [InlineData("another audience")]
    [InlineData("several audiences")]
    [InlineData("another party")]
    [InlineData("too old")]
    [InlineData("no end")]
    [InlineData("not yet")]
    [InlineData("another nonce")]
    [InlineData("no nonce")]
    [InlineData("no subject")]
    [InlineData("changed")]
    [InlineData("no signature")]
    [InlineData("alg none")]
    [InlineData("alg HS256")]
    [InlineData("alg RS512")]
    [InlineData("critical")]
    [InlineData("unknown key")]
    [InlineData("key for encryption")]
    [InlineData("key of another algorithm")]
    [InlineData("no token")]
    public async Task Token_WhenItIsNotGood_OpensNothing(string fault)
    {
        var now = _own.Gateway.Clock.GetUtcNow().ToUnixTimeSeconds();
        Action<JsonObject>? claims = fault switch
        {
            "another issuer" => set => set["iss"] = Issuer.Url + "/",
            "another audience" => set => set["aud"] = "gateway2",
            "several audiences" => set => set["aud"] = new JsonArray("gateway", "other"),
            "another party" => set => set["azp"] = "other",
            "too old" => set => set["exp"] = now - 61,
            "no end" => set => set.Remove("exp"),
            "not yet" => set => set["nbf"] = now + 120,
            "another nonce" => set => set["nonce"] = "of-another-browser",
            "no nonce" => set => set.Remove("nonce"),
            "no subject" => set => set.Remove("sub"),
            _ => null,
        };
        Issuer.ChangeClaims = claims ?? (_ => { });
        Issuer.ChangeHeader = fault switch
        {
            "alg none" => header => header["alg"] = "none",
            "alg RS512" => header => header["alg"] = "RS512",
            "critical" => header => header["crit"] = new JsonArray("exp"),
            "unknown key" => header => header["kid"] = "unknown",
            "key for encryption" => header => header["kid"] = "for-encryption",
            "key of another algorithm" => header => header["alg"] = "ES256",
            _ => _ => { },
        };
        Issuer.ChangeToken = fault switch
        {
            "changed" => token => token.Replace(token.Split('.')[1], token.Split('.')[1][..^4] + "AAAA", StringComparison.Ordinal),
            "no signature" or "alg none" => token => token[..(token.LastIndexOf('.') + 1)],
            "no token" => _ => "x",
            _ => token => token,
        };
        Issuer.Algorithm = fault == "alg HS256" ? "HS256" : "RS256";

        var answer = await SignInAsync(Claims("somebody", "gw-owners"));

        answer.Status.ShouldBe(401, answer.Text);
        answer.Error["code"]!.GetValue<string>().ShouldBe("invalid_id_token");
        answer.Headers.GetValueOrDefault("set-cookie", "").ShouldNotContain("gateway-session");
    }

    [Fact]
    public async Task Callback_WhenThisBrowserHasNotBegunIt_OpensNothing()
    {
        var (asked, cookie) = await _own.BeginAsync();
        var (other, otherCookie) = await _own.BeginAsync();
        string Code() => Issuer.Approve(asked, Claims("somebody", "gw-owners"));

        (await _own.EndAsync(Code(), asked["state"], otherCookie)).Status.ShouldBe(401);
        (await _own.EndAsync(Code(), other["state"], cookie)).Status.ShouldBe(401);
        (await _own.EndAsync(Code(), "", cookie)).Status.ShouldBe(401);
        (await _own.EndAsync(Code(), asked["state"], "a=b")).Status.ShouldBe(401);
        (await _own.EndAsync(Code(), asked["state"], cookie[..^6] + "AAAAAA")).Status.ShouldBe(401);
        (await _own.Gateway.SendAsync(HttpMethod.Get, $"/admin/session/oidc/callback?error=access_denied&state={asked["state"]}", headers: ("cookie", cookie))).Status.ShouldBe(401);
        (await _own.Gateway.SendAsync(HttpMethod.Get, "/admin/session/oidc/callback")).Status.ShouldBe(401);

        // The hash that the provider saw is of this browser's verifier alone.
        (await _own.EndAsync(Issuer.Approve(other, Claims("somebody", "gw-owners")), asked["state"], cookie)).Status.ShouldBe(503);
        _own.Gateway.Clock.Advance(TimeSpan.FromMinutes(11));
        (await _own.EndAsync(Code(), asked["state"], cookie)).Status.ShouldBe(401);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("console")]
    [InlineData("/x%0d%0aset-cookie:a=b")]
    public async Task Return_WhenItIsNotAPathOfOurs_IsTheConsole(string path)
    {
        var (asked, cookie) = await _own.BeginAsync("/admin/session/oidc?return=" + path);

        (await _own.EndAsync(Issuer.Approve(asked, Claims(Caller.Unique("s"), "gw-viewers")), asked["state"], cookie)).Headers["location"].ShouldBe("/console");
    }

    [Fact]
    public async Task Keys_WhenTheProviderHasNewOnes_AreReadAgainButNotForEachToken()
    {
        (await SignInAsync(Claims(Caller.Unique("s"), "gw-viewers"))).Status.ShouldBe(302);
        _own.Gateway.Clock.Advance(TimeSpan.FromMinutes(1));
        Issuer.Rotate();
        var reads = Issuer.KeyReads;

        (await SignInAsync(Claims(Caller.Unique("s"), "gw-viewers"))).Status.ShouldBe(302);

        Issuer.KeyReads.ShouldBe(reads + 1);
        Issuer.ChangeHeader = header => header["kid"] = Caller.Unique("unknown");
        for (var i = 0; i < 5; i++)
        {
            (await SignInAsync(Claims(Caller.Unique("s"), "gw-viewers"))).Status.ShouldBe(401);
        }

        Issuer.KeyReads.ShouldBe(reads + 1);
    }

    [Theory]
    [InlineData("issuer", "https://other.example")]
    [InlineData("token_endpoint", "http://other.example/token")]
    [InlineData("jwks_uri", null)]
    public async Task Provider_WhenWhatItSaysOfItselfIsNotToBeReliedOn_IsNotUsed(string field, string? value)
    {
        _own.Gateway.Clock.Advance(TimeSpan.FromHours(2));
        Issuer.ChangeDiscovery = document => document[field] = value;

        (await _own.Gateway.SendAsync(HttpMethod.Get, "/admin/session/oidc")).Status.ShouldBe(503);
        (await _own.Gateway.SendAsync(HttpMethod.Get, "/admin/session/methods")).Json["oidc"]!.GetValue<bool>().ShouldBeTrue();
    }

    private async Task<Answered> SignInAsync(JsonObject claims)
    {
        var (asked, cookie) = await _own.BeginAsync();
        return await _own.EndAsync(Issuer.Approve(asked, claims), asked["state"], cookie);
    }

    private JsonObject Claims(string subject, params string[] roles) => new()
    {
        ["iss"] = Issuer.Url,
        ["aud"] = "gateway",
        ["sub"] = subject,
        ["email"] = $"{subject}@example.com",
        ["exp"] = _own.Gateway.Clock.GetUtcNow().ToUnixTimeSeconds() + 300,
        ["iat"] = _own.Gateway.Clock.GetUtcNow().ToUnixTimeSeconds(),
        ["realm_access"] = new JsonObject { ["roles"] = new JsonArray([.. roles.Select(role => JsonValue.Create(role))]) },
    };

    private static string SessionOf(Answered answer)
        => answer.Headers["set-cookie"].Split(", ").Single(cookie => cookie.StartsWith("gateway-session=", StringComparison.Ordinal)).Split(';')[0];
}
