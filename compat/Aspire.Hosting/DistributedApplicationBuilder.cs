using System.Reflection;
using System.Security.Cryptography;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Orchestration;
using Aspire.Hosting.Publishing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

internal sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private static readonly Dictionary<string, string> Switches = new()
    {
        ["--publisher"] = "Publishing:Publisher",
        ["--output-path"] = "Publishing:OutputPath",
    };

    private readonly HostApplicationBuilder _host;
    private readonly AppHostInterception? _interception;

    private DistributedApplicationBuilder(
        DistributedApplicationOptions options, HostApplicationBuilderSettings settings, Assembly? assembly, AppHostInterception? interception)
    {
        AppHostAssembly = assembly;
        AppHostDirectory = options.ProjectDirectory
            ?? ReadMetadata(assembly, "apphostprojectpath")
            ?? Directory.GetCurrentDirectory();
        _interception = interception;

        settings.Args = options.Args;
        settings.ApplicationName ??= assembly?.GetName().Name;
        settings.ContentRootPath ??= AppHostDirectory;
        _host = new HostApplicationBuilder(settings);
        _host.Configuration.AddCommandLine(options.Args ?? [], Switches);

        ExecutionContext = _host.Configuration["Publishing:Publisher"] switch
        {
            null => new(DistributedApplicationOperation.Run),
            "manifest" => new(DistributedApplicationOperation.Publish, "manifest"),
            var other => throw new DistributedApplicationException($"Publisher '{other}' is unknown: only 'manifest' is supported."),
        };
        AddServices(options);
    }

    public ConfigurationManager Configuration => _host.Configuration;

    public string AppHostDirectory { get; }

    public Assembly? AppHostAssembly { get; }

    public IHostEnvironment Environment => _host.Environment;

    public IServiceCollection Services => _host.Services;

    public DistributedApplicationExecutionContext ExecutionContext { get; }

    public IResourceCollection Resources { get; } = new ResourceCollection();

    public static DistributedApplicationBuilder Create(DistributedApplicationOptions options, HostApplicationBuilderSettings settings)
    {
        var interception = AppHostInterception.Current;
        interception?.OnCreating(options, settings);
        var assembly = options.AssemblyName is { } name ? Assembly.Load(name) : Assembly.GetEntryAssembly();
        return new DistributedApplicationBuilder(options, settings, assembly, interception);
    }

    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource
    {
        Resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource
        => new ResourceBuilder<T>(this, resource);

    public DistributedApplication Build()
    {
        _interception?.OnBuilding(this);
        return BuildCore();
    }

    internal DistributedApplication BuildCore()
    {
        if (ExecutionContext.IsRunMode)
        {
            StartOrder.ThrowOnCycle(Resources);
            foreach (var resource in Resources.Where(resource => resource is ProjectResource or ExecutableResource))
            {
                var instance = RandomNumberGenerator.GetHexString(8, lowercase: true);
                resource.Annotations.Add(new InstanceAnnotation($"{resource.Name}-{instance}", instance));
            }
        }

        return new DistributedApplication(_host.Build());
    }

    internal static string? ReadMetadata(Assembly? assembly, string key) => assembly?.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(attribute => string.Equals(attribute.Key, key, StringComparison.OrdinalIgnoreCase))?.Value;

    private void AddServices(DistributedApplicationOptions options)
    {
        // What checks and their requests would log every second is told by the state of the resources instead.
        _host.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        _host.Logging.AddFilter("System.Net.Http.HttpClient", LogLevel.None);
        _host.Services.Configure<ConsoleLifetimeOptions>(lifetime => lifetime.SuppressStatusMessages = true);

        _host.Services.AddSingleton(options);
        _host.Services.AddSingleton(ExecutionContext);
        _host.Services.AddSingleton(Resources);
        _host.Services.TryAddSingleton(TimeProvider.System);
        _host.Services.AddHttpClient();
        _host.Services.AddHealthChecks();
        _host.Services.AddSingleton(services => new ResourceLoggerService(
            Resources, services.GetRequiredService<ILoggerFactory>(), Environment, services.GetRequiredService<TimeProvider>()));
        _host.Services.AddSingleton(services => new ResourceNotificationService(
            services.GetRequiredService<ILogger<ResourceNotificationService>>(),
            options.DisableDashboard ? WaitBehavior.StopOnResourceUnavailable : WaitBehavior.WaitOnResourceUnavailable));

        if (ExecutionContext.IsPublishMode)
        {
            _host.Services.AddHostedService<ManifestPublisher>();
            return;
        }

        if (options.DisableDashboard)
        {
            _host.Services.AddSingleton<IDashboard, NoDashboard>();
        }
        else
        {
            DashboardTokens.AddTo(_host.Configuration);
            _host.Services.AddSingleton<IDashboard, AspireDashboard>();
        }

        _host.Services.AddSingleton<ProcessEnvironment>();
        _host.Services.AddSingleton<HealthMonitor>();
        _host.Services.AddHostedService<ApplicationRunner>();
    }
}
