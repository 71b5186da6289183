using Microsoft.Extensions.Options;

namespace RoutingService.Targets;

internal static class TargetExtensions
{
    public static void AddTargets(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<BreakerOptions>().BindConfiguration(BreakerOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<BreakerOptions>, BreakerOptionsValidator>();
        builder.Services.AddSingleton<TargetStates>();
        builder.Services.AddSingleton<Models.ModelWrites>();
    }
}
