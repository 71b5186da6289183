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

    private static readonly char[] Separators = [',', '\n', '\r'];

    public static string Create() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(Length));

    public static byte[] Require(IConfiguration configuration, string name) => Parse(name, RequireText(configuration, name));

    /// <summary>The current one, and behind it those that were current before: separated by commas or lines.</summary>
    public static IReadOnlyList<byte[]> RequireList(IConfiguration configuration, string name) => ParseList(name, RequireText(configuration, name));

    /// <param name="name">The setting.</param>
    /// <param name="value">The secret, or a <see cref="SecretReference"/> to it.</param>
    public static byte[] Parse(string name, string value) => ParseOne(name, SecretReference.Resolve(name, value));

    /// <inheritdoc cref="RequireList"/>
    public static IReadOnlyList<byte[]> ParseList(string name, string value)
        => SecretReference.Resolve(name, value).Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } values
            ? [.. values.Select(one => ParseOne(name, one))]
            : throw NotSet(name);

    /// <summary>How a person sets it.</summary>
    public static string EnvironmentName(string name) => name.Replace(":", "__", StringComparison.Ordinal);

    private static string RequireText(IConfiguration configuration, string name) => configuration[name] is { Length: > 0 } value ? value : throw NotSet(name);

    private static SettingsException NotSet(string name)
        => new($"{EnvironmentName(name)} is not set. It must be 32 random bytes in base64 (openssl rand -base64 32).");

    private static byte[] ParseOne(string name, string value)
    {
        var bytes = new byte[Length];
        return Convert.TryFromBase64String(value.Trim(), bytes, out var written) && written == Length
            ? bytes
            : throw new SettingsException($"{EnvironmentName(name)} is not 32 bytes in base64 (openssl rand -base64 32).");
    }
}
