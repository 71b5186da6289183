using Microsoft.Extensions.Options;

namespace RoutingService.Prices;

internal static class PriceExtensions
{
    /// <summary>Before the snapshots: the first of them has prices.</summary>
    public static void AddPrices(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<PriceOptions>().BindConfiguration(PriceOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<PriceOptions>, PriceOptionsValidator>();
        builder.Services.AddSingleton<IValidateOptions<PriceOptions>, PriceCeilingValidator>();
        builder.Services.AddSingleton<PriceBooks>();
        builder.Services.AddSingleton<PriceFileWatch>();
        builder.Services.AddHostedService(services => services.GetRequiredService<PriceFileWatch>());
    }
}
