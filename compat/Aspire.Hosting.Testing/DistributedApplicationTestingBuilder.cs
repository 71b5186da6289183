using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

public static class DistributedApplicationTestingBuilder
{
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(CancellationToken cancellationToken = default)
        where TEntryPoint : class
        => CreateAsync<TEntryPoint>([], cancellationToken);

    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(
        string[] args, CancellationToken cancellationToken = default)
        where TEntryPoint : class
        => CreateAsync<TEntryPoint>(args, static (_, _) => { }, cancellationToken);

    /// <summary>The model that the AppHost's own entry point makes, before it is built.</summary>
    public static async Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(
        string[] args,
        Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder,
        CancellationToken cancellationToken = default)
        where TEntryPoint : class
    {
        var assembly = typeof(TEntryPoint).Assembly;
        var entryPoint = assembly.EntryPoint
            ?? throw new InvalidOperationException($"'{assembly.GetName().Name}' has no entry point: name a type of the AppHost.");
        var interception = new AppHostInterception((options, settings) => Configure(assembly, args, options, settings, configureBuilder));
        var builder = await Task.Run(() => interception.Run(() => Invoke(entryPoint, args)), cancellationToken);
        return new TestingBuilder(builder);
    }

    /// <summary>An empty model, for a test to fill.</summary>
    public static IDistributedApplicationTestingBuilder Create(params string[] args)
    {
        var options = new DistributedApplicationOptions();
        var settings = new HostApplicationBuilderSettings();
        Configure(Assembly.GetEntryAssembly(), args, options, settings, static (_, _) => { });
        return new TestingBuilder(DistributedApplicationBuilder.Create(options, settings));
    }

    private static void Invoke(MethodInfo entryPoint, string[] args)
        => entryPoint.Invoke(null, BindingFlags.DoNotWrapExceptions, null, entryPoint.GetParameters().Length == 0 ? [] : [args], null);

    private static void Configure(
        Assembly? assembly,
        string[] args,
        DistributedApplicationOptions options,
        HostApplicationBuilderSettings settings,
        Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder)
    {
        options.Args = args;
        options.AssemblyName = assembly?.GetName().Name;
        options.DisableDashboard = true;
        settings.EnvironmentName = Environments.Development;
        settings.Configuration = new ConfigurationManager();
        settings.Configuration.AddInMemoryCollection(FirstProfile(assembly));
        settings.Configuration.AddInMemoryCollection([new("DcpPublisher:RandomizePorts", "true")]);
        configureBuilder(options, settings);
    }

    /// <summary>What <c>dotnet run</c> would put in the environment.</summary>
    private static IEnumerable<KeyValuePair<string, string?>> FirstProfile(Assembly? assembly)
    {
        if (DistributedApplicationBuilder.ReadMetadata(assembly, "apphostprojectpath") is not { } directory
            || LaunchSettings.Read(directory)?.Profiles.FirstOrDefault() is not { Value: { } profile } first)
        {
            return [];
        }

        return profile.EnvironmentVariables
            .Select(variable => KeyValuePair.Create(variable.Key.Replace("__", ":", StringComparison.Ordinal), (string?)variable.Value))
            .Append(new("AppHost:DefaultLaunchProfileName", first.Key));
    }
}
