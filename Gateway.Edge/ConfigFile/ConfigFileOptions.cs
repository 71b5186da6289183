using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gateway.Edge.ConfigFile;

/// <summary>Section <c>Gateway</c>, as far as it is about the configuration file.</summary>
internal sealed class ConfigFileOptions
{
    public const string Section = "Gateway";

    /// <summary>Null or empty: the gateway holds what the admin API has made.</summary>
    public string? ConfigFile { get; set; }

    /// <summary>What is in the file and differs becomes the file's, though the admin API has made it.</summary>
    public bool ConfigTakeOver { get; set; }

    /// <summary>How often it is looked at.</summary>
    [Range(0.1, 3600)]
    public double ConfigPollSeconds { get; set; } = 2;

    public bool IsSet => !string.IsNullOrEmpty(ConfigFile);
}

[OptionsValidator]
internal sealed partial class ConfigFileOptionsValidator : IValidateOptions<ConfigFileOptions>;
