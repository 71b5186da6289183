using Microsoft.Extensions.Configuration;

namespace ServiceDefaults.Settings;

/// <summary>A variable that says yes or no, in any of the ways in which people write it.</summary>
internal static class EnvironmentFlag
{
    public static bool? Read(IConfiguration configuration, string name) => configuration[name]?.Trim().ToLowerInvariant() switch
    {
        null or "" => null,
        "true" or "1" or "yes" or "on" => true,
        "false" or "0" or "no" or "off" => false,
        _ => throw new SettingsException($"{SecretSetting.EnvironmentName(name)} must be true or false."),
    };
}
