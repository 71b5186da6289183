using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using ServiceDefaults.Settings;

namespace ServiceDefaults.Audit;

/// <summary>
/// The keys of the audit log, all from one: <c>Gateway:AuditKey</c>, or what HKDF makes of the master key. A service that may not open
/// provider credentials is given the former, and can compute nothing else from it.
/// </summary>
public sealed class AuditKeys
{
    private const int KeyLength = 32;
    private const int KeyIdLength = 8;
    private const int DigestLength = 8;

    private readonly byte[] _root;
    private readonly byte[] _digestKey;

    public AuditKeys(byte[] root)
    {
        _root = root;
        _digestKey = Derive(root, "audit secrets");
        KeyId = Convert.ToHexStringLower(Derive(root, "audit key id"), 0, KeyIdLength);
    }

    /// <summary>Says which key it is, and nothing of it.</summary>
    public string KeyId { get; }

    public static AuditKeys From(IConfiguration configuration)
    {
        if (configuration[SecretSetting.AuditKey] is { Length: > 0 } own)
        {
            return new AuditKeys(SecretSetting.Parse(SecretSetting.AuditKey, own));
        }

        if (configuration[SecretSetting.MasterKey] is not { Length: > 0 } master)
        {
            throw new SettingsException(
                $"Neither {SecretSetting.EnvironmentName(SecretSetting.AuditKey)} nor {SecretSetting.EnvironmentName(SecretSetting.MasterKey)} is set. "
                + "The audit log is sealed with one of them (32 random bytes in base64: openssl rand -base64 32).");
        }

        // Which one it was derived from would not be known any more when the earlier ones are gone.
        return SecretSetting.ParseList(SecretSetting.MasterKey, master) is [var only]
            ? new AuditKeys(DeriveRoot(only))
            : throw new SettingsException(
                $"{SecretSetting.EnvironmentName(SecretSetting.MasterKey)} has more than one key, and the audit log's was derived from one of them. "
                + $"Set {SecretSetting.EnvironmentName(SecretSetting.AuditKey)} to that (docs/secrets.md says how), so that it stays.");
    }

    /// <summary>The audit key of a gateway that has a master key and no audit key of its own.</summary>
    public static byte[] DeriveRoot(byte[] masterKey) => Derive(masterKey, "llm gateway audit log v1");

    /// <summary>Enough of a keyed digest to see that a secret is another one; without the key it says nothing.</summary>
    public string Digest(ReadOnlySpan<byte> secret) => "hmac:" + Convert.ToHexStringLower(HMACSHA256.HashData(_digestKey, secret), 0, DigestLength);

    public string Digest(string secret) => Digest(Encoding.UTF8.GetBytes(secret));

    /// <summary>Seals one answer to a request that may be repeated. Whoever repeats it brings the second half.</summary>
    internal byte[] OfAnswer(string id, string idempotencyKey) => Derive(_root, $"answer {id} {idempotencyKey}");

    /// <summary>Each chain has its own: a row of one is no row of another.</summary>
    internal byte[] OfChain(string chain) => Derive(_root, $"audit chain {chain}");

    private static byte[] Derive(byte[] key, string purpose)
        => HKDF.DeriveKey(HashAlgorithmName.SHA256, key, KeyLength, info: Encoding.UTF8.GetBytes(purpose));
}
