using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;

namespace ServiceDefaults.Settings;

/// <summary>
/// The variables of a file, <c>.env</c> in the working directory where no other is named. It stands below the real environment: what is set
/// there is not asked of the file.
/// </summary>
public static class EnvFile
{
    public const string Setting = "Gateway:EnvFile";

    /// <summary>Of <see cref="Setting"/>: there is no such file.</summary>
    public const string None = "none";

    private const string DefaultName = ".env";

    /// <summary>Where the file is; null where there is none. One that is named must be there.</summary>
    public static string? Find(IConfiguration configuration)
    {
        if (configuration[Setting] is not { } named)
        {
            return File.Exists(DefaultName) ? Path.GetFullPath(DefaultName) : null;
        }

        return named.Length == 0 || named.Equals(None, StringComparison.OrdinalIgnoreCase) ? null
            : File.Exists(named) ? Path.GetFullPath(named)
            : throw new SettingsException($"{SecretSetting.EnvironmentName(Setting)}: there is no file '{named}'.");
    }

    /// <returns>Where the file is; null where there is none.</returns>
    public static string? AddEnvFile(this IConfigurationManager configuration)
    {
        if (Find(configuration) is not { } path)
        {
            return null;
        }

        var environment = configuration.Sources.LastOrDefault(source => source is EnvironmentVariablesConfigurationSource { Prefix: null or "" });
        configuration.Sources.Insert(environment is null ? 0 : configuration.Sources.IndexOf(environment), new EnvFileSource(path));
        return path;
    }

    /// <summary>Reads the file again; what it said before stays where it cannot be read.</summary>
    public static void Reload(IConfiguration configuration)
    {
        foreach (var provider in (configuration as IConfigurationRoot)?.Providers.OfType<EnvFileProvider>() ?? [])
        {
            provider.Load();
        }
    }

    private sealed class EnvFileSource(string path) : IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => new EnvFileProvider(path);
    }

    private sealed class EnvFileProvider(string path) : ConfigurationProvider
    {
        /// <summary>A file that was taken away says nothing any more.</summary>
        public override void Load() => Data = File.Exists(path) ? EnvFileReader.Read(path) : new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
    }
}
