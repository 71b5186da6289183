using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.KeyPerFile;
using Microsoft.Extensions.Configuration.Memory;

namespace ServiceDefaults.Operations;

/// <summary>Who said what a setting is: the last of the providers that know it.</summary>
internal static class SettingOrigin
{
    public const string Default = "default";

    public static (string Origin, string? Source) Find(IConfigurationRoot configuration, string name)
    {
        var providers = configuration.Providers.ToList();
        for (var index = providers.Count - 1; index >= 0; index--)
        {
            if (Knows(providers[index], name))
            {
                // The first of all has what holds where nobody says anything.
                return index == 0 && providers[index] is MemoryConfigurationProvider ? (Default, null) : Describe(providers[index], name);
            }
        }

        return (Default, null);
    }

    private static bool Knows(IConfigurationProvider provider, string name)
        => provider.TryGet(name, out var value) ? value is not null : provider.GetChildKeys([], name).Any();

    private static (string Origin, string? Source) Describe(IConfigurationProvider provider, string name) => provider switch
    {
        FileConfigurationProvider { Source.Path: var path } => ("file", path),
        KeyPerFileConfigurationProvider => ("file", name),
        EnvironmentVariablesConfigurationProvider => ("environment", null),
        CommandLineConfigurationProvider => ("command line", null),
        ChainedConfigurationProvider { Configuration: IConfigurationRoot inner } => Find(inner, name),
        MemoryConfigurationProvider => ("installation", null),
        _ => (provider.GetType().Name.Replace("ConfigurationProvider", "", StringComparison.Ordinal).ToLowerInvariant(), null),
    };
}
