using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace ServiceDefaults.Hosting;

public static class ParentWatchdogExtensions
{
    /// <summary>Ends this service with the AppHost that started it; does nothing where no AppHost did.</summary>
    public static IServiceCollection AddParentWatchdog(this IServiceCollection services)
    {
        if (int.TryParse(Environment.GetEnvironmentVariable("APPHOST_PROCESS_ID"), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && long.TryParse(
                Environment.GetEnvironmentVariable("APPHOST_PROCESS_STARTED"), NumberStyles.None, CultureInfo.InvariantCulture, out var started))
        {
            services.AddHostedService(provider => ActivatorUtilities.CreateInstance<ParentWatchdog>(
                provider, id, DateTimeOffset.FromUnixTimeMilliseconds(started), provider.GetService<TimeProvider>() ?? TimeProvider.System));
        }

        return services;
    }
}
