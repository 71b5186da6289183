using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace ServiceDefaults.Settings;

/// <summary>The key of the first administrator.</summary>
public static class AdminKeySetting
{
    public const string Name = "Gateway:AdminKey";
    public const string Prefix = "gw-admin-";

    private const int MinLength = 16;

    public static string Create() => Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));

    /// <summary>Null when none is set; a key that anyone would guess is refused.</summary>
    public static string? Read(IConfiguration configuration)
    {
        var key = configuration[Name];
        if (string.IsNullOrEmpty(key))
        {
            return null;
        }

        if (key.Length < MinLength || key.Any(character => character is <= ' ' or > '~') || key.Distinct().Count() < 6)
        {
            throw new SettingsException(
                $"{SecretSetting.EnvironmentName(Name)} must have at least {MinLength} printable ASCII characters without spaces and not be a simple pattern.");
        }

        return key;
    }
}
