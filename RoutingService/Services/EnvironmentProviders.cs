using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using RoutingService.Providers;
using RoutingService.Snapshots;
using RoutingService.Targets;
using RoutingService.Upstream;

namespace RoutingService.Services;

/// <summary>
/// The vendors of the environment as providers: <c>openai/gpt-5-mini</c> leads to them without anything in the database, where they are never
/// written to. The same for as long as the process runs.
/// </summary>
internal sealed partial class EnvironmentProviders
{
    public EnvironmentProviders(
        IConfiguration configuration, IOptions<ServiceOptions> options, ProviderAdapters adapters, TargetStates states, ILogger<EnvironmentProviders> logger)
    {
        if (!options.Value.Vendors)
        {
            All = [];
            return;
        }

        var reader = new VendorReader(configuration);
        var vendors = reader.Read();
        var seconds = vendors.Count > 0 ? ServiceSettingsReader.FindTimeout(configuration) : null;
        All = [.. vendors.Select(vendor => Enter(vendor, seconds, adapters, states))];
        foreach (var wanting in reader.Incomplete)
        {
            LogIncomplete(logger, wanting);
        }
    }

    public IReadOnlyList<ProviderEntry> All { get; }

    /// <param name="taken">Names of providers and services, which go before them.</param>
    public IEnumerable<ProviderEntry> Without(IReadOnlySet<string> taken) => All.Where(provider => !taken.Contains(provider.Target.Name));

    /// <summary>The same in each process, and never that of a row.</summary>
    public static Guid IdOf(string kind, string name) => new(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind} {name}")).AsSpan(0, 16));

    private static ProviderEntry Enter(Vendor vendor, double? seconds, ProviderAdapters adapters, TargetStates states)
    {
        var id = IdOf("vendor", vendor.Name);
        var adapter = adapters.Get(vendor.Type);

        // Who sets the environment of the process may have it call its own network.
        var target = new ProviderTarget(vendor.Name, adapter, vendor.BaseUrl ?? adapter.DefaultBaseUrl, IsLocal: true, vendor.Key)
        {
            Settings = vendor.Settings,
            Health = states.Provider(id),
            Load = states.ProviderLoad(id),
        };
        return new ProviderEntry(id, [(id.ToString("N"), target, 1)], states)
        {
            IsOfEnvironment = true,
            Timeouts = seconds is { } most ? new UpstreamTimeouts(Headers: most, FirstEvent: most, Idle: most, WholeAnswer: most) : null,
        };
    }

    [LoggerMessage(LogLevel.Warning, "A provider of the environment is left out: {Wanting}.")]
    private static partial void LogIncomplete(ILogger logger, string wanting);
}
