using Gateway.Contracts.Routing;
using Microsoft.Extensions.Options;

namespace RoutingService.Dispatching;

internal static class DispatchExtensions
{
    public static void AddDispatching(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<DispatchOptions>().BindConfiguration(DispatchOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<DispatchOptions>, DispatchOptionsValidator>();
        builder.Services.AddSingleton<DispatchSettings>();
        builder.Services.AddSingleton<IModelRouter, ModelRouter>();
    }
}
