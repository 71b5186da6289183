using Gateway.Contracts.Operations;
using Microsoft.Extensions.Options;

namespace RoutingService.Health;

internal static class HealthExtensions
{
    public static void AddProviderHealth(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<HealthOptions>().BindConfiguration(HealthOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<HealthOptions>, HealthOptionsValidator>();
        builder.Services.AddSingleton<ModelLists>();
        builder.Services.AddSingleton<ActiveProbes>();
        builder.Services.AddSingleton<ProviderChecks>();
        builder.Services.AddSingleton<HealthRows>();
        builder.Services.AddSingleton<IHealthParts, ProviderParts>();
        builder.Services.AddHostedService<HealthMonitor>();
        builder.Services.AddHostedService<ProviderGauge>();
    }
}
