using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ServiceDefaults.InternalAuth;

/// <summary>
/// Tokens of calls between the services: <c>audience.expiry.nonce.mac</c>, the mac an HMAC-SHA-256 under a key that only the services
/// of one gateway share. One is good for a minute, and for the service that it names.
/// </summary>
public sealed class InternalTokens(byte[] key, TimeProvider timeProvider)
{
    public const string HeaderName = "x-internal-token";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    /// <summary>The last good token: most calls carry it again, and its mac need not be computed again.</summary>
    private VerifiedToken? _lastVerified;

    public string Create(string audience)
    {
        var expiry = (timeProvider.GetUtcNow() + Lifetime).ToUnixTimeSeconds();
        var payload = string.Create(CultureInfo.InvariantCulture, $"{audience}.{expiry}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}");
        return $"{payload}.{Sign(payload)}";
    }

    public InternalTokenVerdict Verify(string? token, string audience)
    {
        if (string.IsNullOrEmpty(token))
        {
            return InternalTokenVerdict.Invalid;
        }

        var now = timeProvider.GetUtcNow().ToUnixTimeSeconds();
        var verified = _lastVerified;
        if (verified is null || !FixedTimeEquals(verified.Token, token))
        {
            verified = VerifySignature(token);
            if (verified is null)
            {
                return InternalTokenVerdict.Invalid;
            }

            _lastVerified = verified;
        }

        if (verified.Expiry < now || verified.Expiry > now + (2 * (long)Lifetime.TotalSeconds))
        {
            return InternalTokenVerdict.Invalid;
        }

        return string.Equals(verified.Audience, audience, StringComparison.Ordinal) ? InternalTokenVerdict.Valid : InternalTokenVerdict.WrongAudience;
    }

    private VerifiedToken? VerifySignature(string token)
    {
        var macStart = token.LastIndexOf('.') + 1;
        if (macStart == 0 || !FixedTimeEquals(Sign(token[..(macStart - 1)]), token[macStart..]))
        {
            return null;
        }

        var parts = token.Split('.');
        return parts.Length == 4 && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var expiry)
            ? new VerifiedToken(token, parts[0], expiry)
            : null;
    }

    private string Sign(string payload) => Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(payload)));

    private static bool FixedTimeEquals(string left, string right)
        => CryptographicOperations.FixedTimeEquals(
            System.Runtime.InteropServices.MemoryMarshal.AsBytes(left.AsSpan()),
            System.Runtime.InteropServices.MemoryMarshal.AsBytes(right.AsSpan()));

    private sealed record VerifiedToken(string Token, string Audience, long Expiry);
}

public enum InternalTokenVerdict
{
    Valid,
    Invalid,
    WrongAudience,
}
