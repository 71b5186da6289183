using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ServiceDefaults.Settings;

namespace Gateway.Edge.Admin.Oidc;

/// <summary>
/// A sign-in that is under way is in the browser that began it, sealed: any Edge can end it, nobody else's browser can, and nothing is kept for
/// those that are never ended.
/// </summary>
internal sealed class OidcAttempts(byte[] key, TimeProvider timeProvider)
{
    private const string CookieName = "gateway-oidc";
    private const string CookiePath = "/admin/session/oidc";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>All processes of a gateway have one of these in common.</summary>
    public static OidcAttempts From(IConfiguration configuration, TimeProvider timeProvider)
    {
        var name = configuration[SecretSetting.InternalKey] is { Length: > 0 } ? SecretSetting.InternalKey : SecretSetting.KeyPepper;
        return new OidcAttempts(
            HKDF.DeriveKey(HashAlgorithmName.SHA256, SecretSetting.Require(configuration, name), 32, info: "oidc attempts"u8.ToArray()), timeProvider);
    }

    public OidcAttempt Begin(HttpContext context, string returnPath)
    {
        var attempt = new OidcAttempt(
            Random(), Random(), Random(), returnPath, (timeProvider.GetUtcNow() + Lifetime).ToUnixTimeSeconds());
        context.Response.Cookies.Append(CookieName, Seal(JsonSerializer.SerializeToUtf8Bytes(attempt)), Options(context));
        return attempt;
    }

    /// <summary>Null where this browser began none, or too long ago. It is good once.</summary>
    public OidcAttempt? End(HttpContext context)
    {
        if (context.Request.Cookies[CookieName] is not { } cookie)
        {
            return null;
        }

        context.Response.Cookies.Delete(CookieName, Options(context));
        return Open(cookie) is { } json && JsonSerializer.Deserialize<OidcAttempt>(json) is { } attempt
            && attempt.ExpiresAt > timeProvider.GetUtcNow().ToUnixTimeSeconds() ? attempt : null;
    }

    public string Seal(byte[] text)
    {
        var sealedText = new byte[AesGcm.NonceByteSizes.MaxSize + text.Length + AesGcm.TagByteSizes.MaxSize];
        var nonce = sealedText.AsSpan(0, AesGcm.NonceByteSizes.MaxSize);
        var rest = sealedText.AsSpan(AesGcm.NonceByteSizes.MaxSize);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(key, AesGcm.TagByteSizes.MaxSize);
        cipher.Encrypt(nonce, text, rest[..text.Length], rest[text.Length..]);
        return Base64Url.EncodeToString(sealedText);
    }

    public byte[]? Open(string sealedText)
    {
        if (!Base64Url.IsValid(sealedText))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(sealedText);
        var length = bytes.Length - AesGcm.NonceByteSizes.MaxSize - AesGcm.TagByteSizes.MaxSize;
        if (length < 0)
        {
            return null;
        }

        var text = new byte[length];
        var rest = bytes.AsSpan(AesGcm.NonceByteSizes.MaxSize);
        using var cipher = new AesGcm(key, AesGcm.TagByteSizes.MaxSize);
        try
        {
            cipher.Decrypt(bytes.AsSpan(0, AesGcm.NonceByteSizes.MaxSize), rest[..length], rest[length..], text);
            return text;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    /// <summary>Lax: the browser comes back from another site.</summary>
    private static CookieOptions Options(HttpContext context) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = Sessions.SessionCookie.IsSecure(context.Request),
        Path = CookiePath,
        MaxAge = Lifetime,
    };

    private static string Random() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}

/// <param name="State">Comes back in the address.</param>
/// <param name="Nonce">Comes back in the token.</param>
/// <param name="Verifier">Of PKCE: the provider saw its hash.</param>
/// <param name="ReturnPath">Where the browser goes in the end.</param>
/// <param name="ExpiresAt">Unix seconds.</param>
internal sealed record OidcAttempt(string State, string Nonce, string Verifier, string ReturnPath, long ExpiresAt)
{
    public string Challenge => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));
}
