using System.Text.Json;

namespace Aspire.Hosting;

/// <summary>A project's <c>Properties/launchSettings.json</c>.</summary>
public sealed class LaunchSettings
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    public Dictionary<string, LaunchProfile> Profiles { get; set; } = [];

    internal static LaunchSettings? Read(string projectDirectory)
    {
        var file = Path.Combine(projectDirectory, "Properties", "launchSettings.json");
        if (!File.Exists(file))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<LaunchSettings>(File.ReadAllText(file), Format);
        }
        catch (JsonException exception)
        {
            throw new DistributedApplicationException($"'{file}' is not valid: {exception.Message}", exception);
        }
    }

    /// <summary>The profile asked for, else the one named as the AppHost's, else the first that runs the project.</summary>
    internal KeyValuePair<string, LaunchProfile>? Choose(string? requested, string? appHostProfile)
    {
        if (requested is not null)
        {
            return Profiles.TryGetValue(requested, out var profile)
                ? new(requested, profile)
                : throw new DistributedApplicationException($"The launch settings have no profile '{requested}'.");
        }

        if (appHostProfile is not null && Profiles.TryGetValue(appHostProfile, out var sameName))
        {
            return new(appHostProfile, sameName);
        }

        var first = Profiles.FirstOrDefault(profile => profile.Value.CommandName == "Project");
        return first.Value is null ? null : first;
    }
}

public sealed class LaunchProfile
{
    public string? CommandName { get; set; }

    public string? ApplicationUrl { get; set; }

    public Dictionary<string, string> EnvironmentVariables { get; set; } = [];
}
