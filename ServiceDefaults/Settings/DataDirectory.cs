using Microsoft.Extensions.Configuration;

namespace ServiceDefaults.Settings;

/// <summary>Where databases, key files and journals are.</summary>
public static class DataDirectory
{
    public const string Name = "Gateway:DataDirectory";

    /// <summary>The configured directory, else one of the user's own.</summary>
    public static string Find(string? configured) => configured is { Length: > 0 }
        ? Path.GetFullPath(configured)
        : Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } local
                ? local
                : Directory.GetCurrentDirectory(),
            "llm-gateway");

    /// <summary>As <see cref="Find"/>; created when it is not there.</summary>
    public static string Resolve(IConfiguration configuration)
    {
        var path = Find(configuration[Name]);
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(path);
            }
            else
            {
                Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            return path;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"{SecretSetting.EnvironmentName(Name)}: '{path}' cannot be created ({exception.Message}).", exception);
        }
    }
}
