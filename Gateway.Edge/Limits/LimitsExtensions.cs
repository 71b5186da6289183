using Gateway.Edge.Services;
using Microsoft.Extensions.Options;

namespace Gateway.Edge.Limits;

internal static class LimitsExtensions
{
    public static void AddLimits(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<LedgerClientOptions>().BindConfiguration(LedgerClientOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<LedgerClientOptions>, LedgerClientOptionsValidator>();
        builder.Services.AddSingleton<TokenCounts>();
        builder.Services.AddSingleton<LedgerPatience>();
        builder.Services.AddSingleton<OfflineAdmissions>();
        builder.Services.AddSingleton<Admissions>();
        builder.Services.AddSingleton<LiveLeases>();
        builder.Services.AddHostedService(services => services.GetRequiredService<LiveLeases>());
    }
}
