using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace ServiceDefaults.Settings;

/// <summary>Keys of the gateway itself: 32 random bytes in base64.</summary>
public static class SecretSetting
{
    public const string MasterKey = "Gateway:MasterKey";
    public const string KeyPepper = "Gateway:KeyPepper";
    public const string InternalKey = "Gateway:InternalKey";

    /// <summary>Seals the audit log; where it is not set, it is derived from the master key.</summary>
    public const string AuditKey = "Gateway:AuditKey";

    private const int Length = 32;

    public static string Create() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(Length));

    public static byte[] Require(IConfiguration configuration, string name)
        => configuration[name] is { Length: > 0 } value
            ? Parse(name, value)
            : throw new SettingsException($"{EnvironmentName(name)} is not set. It must be 32 random bytes in base64 (openssl rand -base64 32).");

    public static byte[] Parse(string name, string value)
    {
        var bytes = new byte[Length];
        return Convert.TryFromBase64String(value.Trim(), bytes, out var written) && written == Length
            ? bytes
            : throw new SettingsException($"{EnvironmentName(name)} is not 32 bytes in base64 (openssl rand -base64 32).");
    }

    /// <summary>How a person sets it.</summary>
    public static string EnvironmentName(string name) => name.Replace(":", "__", StringComparison.Ordinal);
}
