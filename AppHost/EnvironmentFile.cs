using ServiceDefaults.Settings;

namespace AppHost;

/// <summary>
/// The <c>.env</c> of the directory in which the AppHost is started is that of all services: each reads it itself, so that it can read it again.
/// A deployed service has its platform's variables, and no file.
/// </summary>
internal static class EnvironmentFile
{
    /// <returns>What the services are told of it; null where they are only described.</returns>
    public static string? AddEnvironmentFile(this IDistributedApplicationBuilder builder)
        => builder.ExecutionContext.IsPublishMode ? null : builder.Configuration.AddEnvFile() ?? EnvFile.None;

    public static IResourceBuilder<ProjectResource> WithEnvironmentFile(this IResourceBuilder<ProjectResource> service, string? file)
        => file is null ? service : service.WithEnvironment(SecretSetting.EnvironmentName(EnvFile.Setting), file);
}
