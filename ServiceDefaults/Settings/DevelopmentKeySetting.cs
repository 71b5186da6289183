using Gateway.Contracts.Keys;
using Microsoft.Extensions.Configuration;

namespace ServiceDefaults.Settings;

/// <summary>A virtual key for the first call, handed to KeyService by the first start.</summary>
public static class DevelopmentKeySetting
{
    public const string Name = "Gateway:DevelopmentKey";

    public static string? Read(IConfiguration configuration)
    {
        var key = configuration[Name];
        if (string.IsNullOrEmpty(key))
        {
            return null;
        }

        return VirtualKeySecret.IsWellFormed(key)
            ? key
            : throw new SettingsException($"{SecretSetting.EnvironmentName(Name)} is not a virtual key ({VirtualKeySecret.Prefix}… with its checksum).");
    }
}
