using System.Security.Cryptography;
using System.Text;
using Gateway.Contracts.Keys;

namespace KeyService.VirtualKeys;

/// <summary>
/// How a key is named without telling it: <c>sha256:</c>, which anybody can compute and other gateways store; or what this one stores of a key
/// under its pepper, <c>pepper:</c> of a key that it made and <c>pepper-sha256:</c> of any other.
/// </summary>
internal static class KeyHash
{
    public const string Rule = "'sha256:', 'pepper:' or 'pepper-sha256:' and 64 hexadecimal digits.";

    public const int MaxLength = 100;

    private const string Plain = "sha256:";
    private const string Own = "pepper:";
    private const string Foreign = "pepper-sha256:";

    /// <summary>A key of another form is peppered by its SHA-256: so one that is known by its SHA-256 alone is found, too.</summary>
    public static SecretDigest Of(KeyHasher hasher, string secret)
        => VirtualKeySecret.IsWellFormed(secret) ? new SecretDigest(hasher.Digest(secret), IsForeign: false) : OfForeign(hasher, secret);

    public static SecretDigest OfForeign(KeyHasher hasher, string secret) => Pepper(hasher, SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>Null for what is no hash.</summary>
    public static SecretDigest? Read(KeyHasher hasher, string text)
        => TryRead(text, Plain, out var sha256) ? Pepper(hasher, sha256)
            : TryRead(text, Own, out var own) ? new SecretDigest(KeyDigest.From(own), IsForeign: false)
            : TryRead(text, Foreign, out var foreign) ? new SecretDigest(KeyDigest.From(foreign), IsForeign: true)
            : null;

    public static string Write(byte[] digest, bool isForeign) => (isForeign ? Foreign : Own) + Convert.ToHexStringLower(digest);

    private static SecretDigest Pepper(KeyHasher hasher, byte[] sha256)
        => new(hasher.Digest(Plain + Convert.ToHexStringLower(sha256)), IsForeign: true);

    private static bool TryRead(string text, string prefix, out byte[] bytes)
    {
        bytes = new byte[KeyDigest.Length];
        return text.Length == prefix.Length + 2 * KeyDigest.Length
            && text.StartsWith(prefix, StringComparison.Ordinal)
            && Convert.FromHexString(text.AsSpan(prefix.Length), bytes, out _, out _) == System.Buffers.OperationStatus.Done;
    }
}
