using Microsoft.Extensions.Configuration;
using ServiceDefaults.Installation;
using ServiceDefaults.Settings;
using ServiceDefaults.Storage;

namespace AppHost;

/// <summary>
/// What the services are given. On a laptop it comes from the local installation: SQLite files and keys of its own. For a deployment it
/// is asked for: PostgreSQL connection strings and secrets.
/// </summary>
internal sealed record GatewayParameters(
    IResourceBuilder<IResourceWithConnectionString> KeysDatabase,
    IResourceBuilder<IResourceWithConnectionString> RoutingDatabase,
    IResourceBuilder<IResourceWithConnectionString> UsageDatabase,
    IResourceBuilder<ParameterResource> MasterKey,
    IResourceBuilder<ParameterResource> KeyPepper,
    IResourceBuilder<ParameterResource> InternalKey,
    IResourceBuilder<ParameterResource> AuditKey)
{
    /// <summary>Null where nobody has set one and the first start is over: KeyService knows its digest.</summary>
    public IResourceBuilder<ParameterResource>? AdminKey { get; init; }

    public IResourceBuilder<ParameterResource>? DevelopmentKey { get; init; }

    /// <summary>Null when a deployment is described and nothing runs.</summary>
    public LocalInstallation? Installation { get; init; }
}

internal static class GatewayParametersExtensions
{
    public static GatewayParameters AddGatewayParameters(this IDistributedApplicationBuilder builder)
        => builder.ExecutionContext.IsPublishMode ? AskFor(builder) : FromLocalInstallation(builder);

    /// <summary>The keys of the first administrator and the first client, where there are any to hand over.</summary>
    public static IResourceBuilder<ProjectResource> WithFirstKeys(this IResourceBuilder<ProjectResource> keyService, GatewayParameters gateway)
    {
        if (gateway.AdminKey is not null)
        {
            keyService.WithEnvironment("Gateway__AdminKey", gateway.AdminKey);
        }

        if (gateway.DevelopmentKey is not null)
        {
            keyService.WithEnvironment("Gateway__DevelopmentKey", gateway.DevelopmentKey);
        }

        return keyService;
    }

    /// <summary>Where the journal of an Edge on this machine is; a deployed one is told of its volume by its platform.</summary>
    public static IResourceBuilder<ProjectResource> WithDataDirectory(this IResourceBuilder<ProjectResource> edge, GatewayParameters gateway)
        => gateway.Installation is { } installation
            ? edge.WithEnvironment(SecretSetting.EnvironmentName(DataDirectory.Name), installation.DataDirectory)
            : edge;

    /// <summary>Each process reads its own settings of it; the Edge applies the rest. A deployed one is told of its mount by its platform.</summary>
    public static void WithConfigFile(this IResourceBuilder<ProjectResource> service, IDistributedApplicationBuilder builder)
    {
        if (!builder.ExecutionContext.IsPublishMode && builder.Configuration[ConfigFileSettings.Name] is { Length: > 0 } path)
        {
            service.WithEnvironment(SecretSetting.EnvironmentName(ConfigFileSettings.Name), Path.GetFullPath(path));
        }
    }

    private static GatewayParameters AskFor(IDistributedApplicationBuilder builder)
    {
        return new GatewayParameters(
            Database("keys"),
            Database("routing"),
            Database("usage"),
            builder.AddParameter("master-key", secret: true),
            builder.AddParameter("key-pepper", secret: true),
            builder.AddParameter("internal-key", secret: true),
            builder.AddParameter("audit-key", secret: true))
        {
            AdminKey = builder.AddParameter("admin-key", secret: true),
        };

        IResourceBuilder<IResourceWithConnectionString> Database(string name)
            => builder.Configuration.GetConnectionString(name) is { } configured && ConnectionStrings.IsSqlite(configured)
                ? throw new SettingsException(
                    $"ConnectionStrings__{name} is SQLite, and the disk of a deployed service does not last. Use PostgreSQL there.")
                : builder.AddConnectionString(name);
    }

    private static GatewayParameters FromLocalInstallation(IDistributedApplicationBuilder builder)
    {
        var installation = LocalInstallation.Open(builder.Configuration);
        var internalKey = builder.Configuration[SecretSetting.InternalKey] ?? SecretSetting.Create();
        return new GatewayParameters(
            Database("keys"),
            Database("routing"),
            Database("usage"),
            Secret("master-key", installation.MasterKey),
            Secret("key-pepper", installation.KeyPepper),
            Secret("internal-key", internalKey),
            Secret("audit-key", installation.AuditKey))
        {
            AdminKey = installation.AdminKey is { } adminKey ? Secret("admin-key", adminKey) : null,
            DevelopmentKey = installation.DevelopmentKey is { } developmentKey ? Secret("development-key", developmentKey) : null,
            Installation = installation,
        };

        IResourceBuilder<ParameterResource> Secret(string name, string value) => builder.AddParameter(name, () => value, secret: true);

        IResourceBuilder<IResourceWithConnectionString> Database(string name)
        {
            if (builder.Configuration.GetConnectionString(name) is { Length: > 0 })
            {
                return builder.AddConnectionString(name);
            }

            var path = Path.Combine(installation.DataDirectory, name + ".db");
            return builder.AddConnectionString(name, ReferenceExpression.Create($"Data Source={path}"));
        }
    }
}
