using Microsoft.Extensions.Configuration;
using Tests.TestKit;
using Xunit;

namespace Tests.Identity;

/// <summary>A gateway whose administrators sign in at <see cref="FakeIssuer"/>.</summary>
public sealed class OidcGateway : IAsyncLifetime
{
    public static readonly Guid Project = Guid.Parse("0198c0de-0000-7000-8000-00000000000a");

    internal FakeIssuer Issuer { get; private set; } = null!;

    internal IdentityGateway Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Issuer = await FakeIssuer.StartAsync();
        Gateway = new IdentityGateway
        {
            Replace = builder => builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Admin:Oidc:Issuer"] = Issuer.Url,
                ["Admin:Oidc:ClientId"] = "gateway",
                ["Admin:Oidc:ClientSecret"] = "its-secret",
                ["Admin:Oidc:RoleClaim"] = "realm_access.roles",
                ["Admin:Oidc:Roles:gw-owners"] = "owner",
                ["Admin:Oidc:Roles:gw-admins"] = "admin",
                ["Admin:Oidc:Roles:gw-viewers"] = "viewer",
                ["Admin:Oidc:Roles:gw-team"] = $"project:{Project}",
            }),
        };
        await Gateway.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Issuer.DisposeAsync();
    }

    /// <summary>A browser that goes to sign in: where it is sent, and the cookie that it has then.</summary>
    internal async Task<(Dictionary<string, string> Asked, string Cookie)> BeginAsync(string path = "/admin/session/oidc")
    {
        var answer = await Gateway.SendAsync(HttpMethod.Get, path);
        var target = new Uri(answer.Headers["location"]);
        var asked = target.Query.TrimStart('?').Split('&').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]));
        return (asked, IdentityGateway.CookieOf(answer));
    }

    internal Task<Answered> EndAsync(string code, string state, string cookie)
        => Gateway.SendAsync(HttpMethod.Get, $"/admin/session/oidc/callback?code={code}&state={state}", headers: ("cookie", cookie));
}
