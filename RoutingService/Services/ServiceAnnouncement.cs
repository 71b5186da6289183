using RoutingService.Health;
using RoutingService.Snapshots;

namespace RoutingService.Services;

/// <summary>
/// Says at the start which services there are: a vendor's variable that is set for something else makes one, too. And asks them what they have,
/// so that the first call finds it known.
/// </summary>
internal sealed partial class ServiceAnnouncement(ServiceBook book, EnvironmentProviders vendors, RoutingTable table, ModelLists lists, ILogger<ServiceAnnouncement> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var services = table.Current.Services.All;
        if (services.Count > 0)
        {
            LogServices(services.Count, string.Join(", ", services.Select(entry => $"{entry.Service.Name} ({entry.Service.Settings.BackendType})")));
        }

        var used = vendors.All.Where(vendor => table.Current.Providers.GetValueOrDefault(vendor.Target.Name) == vendor).Select(vendor => vendor.Target.Name).ToList();
        if (used.Count > 0)
        {
            LogVendors(used.Count, string.Join(", ", used));
        }

        foreach (var entry in book.All)
        {
            if (services.Contains(entry))
            {
                lists.Of(entry.Service.Name);
            }
            else
            {
                LogTaken(entry.Service.Name);
            }
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Information, "{Count} services from the environment, in this order: {Services}. Model names that lead nowhere else go to them.")]
    private partial void LogServices(int count, string services);

    [LoggerMessage(LogLevel.Information, "{Count} more providers by variables of their vendors: {Providers}. Each is called as provider/model; Routing__Services__Vendors=false leaves them out.")]
    private partial void LogVendors(int count, string providers);

    [LoggerMessage(LogLevel.Warning, "Service {Service} of the environment is left out: a provider of the database has its name.")]
    private partial void LogTaken(string service);
}
