using Gateway.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;

namespace ServiceDefaults.Settings;

/// <summary>
/// What a process reads of the configuration file when it starts: its telemetry, and the classifier. The rest of the file is applied through the
/// admin API, by the Edge.
/// </summary>
/// <param name="Values">None where no file is set.</param>
public sealed record ConfigFileSettings(IReadOnlyDictionary<string, string?> Values)
{
    /// <summary>The path of the file.</summary>
    public const string Name = "Gateway:ConfigFile";

    /// <param name="builder">Whose configuration gets them.</param>
    /// <param name="place">Among its sources: what comes behind, the environment and arguments, says otherwise.</param>
    internal static void Add(WebApplicationBuilder builder, int place)
    {
        var values = builder.Configuration[Name] is { Length: > 0 } path ? Read(path) : new Dictionary<string, string?>();
        if (values.Count > 0)
        {
            builder.Configuration.Sources.Insert(place, new MemoryConfigurationSource { InitialData = values });
        }

        builder.Services.AddSingleton(new ConfigFileSettings(values));
    }

    private static IReadOnlyDictionary<string, string?> Read(string path)
    {
        try
        {
            var file = GatewayFile.ParseProcessSettings(File.ReadAllText(path), path);
            file.EnsureValid();
            return file.ProcessSettings;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"{SecretSetting.EnvironmentName(Name)} cannot be read: {exception.Message}", exception);
        }
        catch (ConfigurationException exception)
        {
            throw new SettingsException(exception.Message, exception);
        }
    }
}
