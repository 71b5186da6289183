using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Edge.Admin.Sessions;

/// <summary>What a browser has of a session: no script can read it, and no other site's page can have it sent.</summary>
internal static class SessionCookie
{
    public const string Name = "gateway-session";

    /// <summary>Browsers take a cookie of such a name from this host alone, and over TLS alone.</summary>
    private const string SecureName = "__Host-" + Name;

    /// <summary>Over TLS the other name is not looked at: a page of a neighbouring host, or anybody on the way, could have set it.</summary>
    public static string? Read(HttpRequest request)
        => (request.Cookies[SecureName] ?? (IsSecure(request) ? null : request.Cookies[Name])) is { Length: > 0 } secret ? secret : null;

    public static void Write(HttpContext context, string secret, DateTime expiresAt)
        => context.Response.Cookies.Append(IsSecure(context.Request) ? SecureName : Name, secret, Options(context.Request, expiresAt));

    public static void Delete(HttpContext context)
    {
        foreach (var name in (ReadOnlySpan<string>)[Name, SecureName])
        {
            if (context.Request.Cookies.ContainsKey(name))
            {
                var options = Options(context.Request, DateTime.UnixEpoch);
                options.Secure |= name == SecureName;
                context.Response.Cookies.Append(name, "", options);
            }
        }
    }

    /// <summary>What a page of ours has to say with each write: it can ask for it, and a page of another site cannot.</summary>
    public static string ForgeryToken(string secret) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes("anti-forgery " + secret)));

    /// <summary>The client speaks TLS with us, or says that it does so with a proxy: a lie makes its own cookie stricter.</summary>
    public static bool IsSecure(HttpRequest request)
        => request.IsHttps || string.Equals(request.Headers["X-Forwarded-Proto"], Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase);

    private static CookieOptions Options(HttpRequest request, DateTime expiresAt) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = IsSecure(request),
        Path = "/",
        Expires = new DateTimeOffset(DateTime.SpecifyKind(expiresAt, DateTimeKind.Utc)),
    };
}
