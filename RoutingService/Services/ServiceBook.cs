using Microsoft.Extensions.Options;
using RoutingService.Health;
using RoutingService.Providers;
using RoutingService.Snapshots;
using RoutingService.Targets;
using RoutingService.Upstream;
using ServiceDefaults.Settings;

namespace RoutingService.Services;

/// <summary>The services of the environment, in the order in which they are asked; the same for as long as the process runs.</summary>
internal sealed partial class ServiceBook
{
    private readonly ModelLists _lists;
    private long _requests;

    public ServiceBook(
        IConfiguration configuration,
        IOptions<ServiceOptions> options,
        ProviderAdapters adapters,
        TargetStates states,
        ModelLists lists,
        TimeProvider timeProvider,
        ILogger<ServiceBook> logger)
    {
        _lists = lists;
        var settings = ServiceSettingsReader.Read(configuration);
        var usable = settings.Where(service => !service.NeedsKey || service.ApiKey is not null).ToList();
        foreach (var service in settings.Except(usable))
        {
            LogNoKey(logger, service.Name, service.BackendType);
        }

        if (settings.Count > 0 && usable.Count == 0)
        {
            throw new SettingsException($"{ServiceSettingsReader.ServicesVariable}: none of its services can be used, because none has the 'api_key' that its type needs.");
        }

        All = [.. usable.Select(service => Enter(new ConfiguredService(service, options.Value.Extension, timeProvider), adapters, states))];
    }

    public IReadOnlyList<ServiceEntry> All { get; }

    /// <summary>Calls that were for services, wherever they ended.</summary>
    public long Requests => Volatile.Read(ref _requests);

    public void Called() => Interlocked.Increment(ref _requests);

    /// <param name="taken">Names of providers, which go before them, switched on or not.</param>
    public ServiceRoutes Without(IReadOnlySet<string> taken)
        => All.Count == 0 ? ServiceRoutes.None : new ServiceRoutes(this, [.. All.Where(service => !taken.Contains(service.Service.Name))], _lists);

    public void Reset()
    {
        Interlocked.Exchange(ref _requests, 0);
        foreach (var entry in All)
        {
            entry.Service.Reset();
        }
    }

    private static ServiceEntry Enter(ConfiguredService service, ProviderAdapters adapters, TargetStates states)
    {
        var settings = service.Settings;
        var id = EnvironmentProviders.IdOf("service", settings.Name);
        var target = new ProviderTarget(
            settings.Name,
            adapters.Get(settings.ProviderType),
            settings.BaseUrl,
            // Who sets the environment of the process may have it call its own network.
            IsLocal: true,
            settings.ApiKey)
        {
            Settings = settings.Settings,
            Health = states.Provider(id),
            Limits = service.Limits,
            Load = service.Load,
            Service = service,
        };
        var seconds = settings.TimeoutSeconds;
        return new ServiceEntry(service, new ProviderEntry(id, [(id.ToString("N"), target, 1)], states)
        {
            IsOfEnvironment = true,

            // A stream may last as long as something comes.
            Timeouts = new UpstreamTimeouts(Headers: seconds, FirstEvent: seconds, Idle: seconds, WholeAnswer: seconds),
        });
    }

    [LoggerMessage(LogLevel.Warning, "Service {Service} is left out: type {BackendType} needs an API key.")]
    private static partial void LogNoKey(ILogger logger, string service, string backendType);
}
