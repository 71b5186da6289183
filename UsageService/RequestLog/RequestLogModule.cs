using Gateway.Contracts.Usage;
using Microsoft.Extensions.Options;
using UsageService.History;
using UsageService.Retention;
using UsageService.Statistics;

namespace UsageService.RequestLog;

internal static class RequestLogModule
{
    public static void AddRequestLog(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<UsageOptions>().BindConfiguration(UsageOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<UsageOptions>, UsageOptionsValidator>();
        builder.Services.AddSingleton<LogWatch>();
        builder.Services.AddSingleton<UsageLog>();
        builder.Services.AddSingleton<IUsageLog>(services => services.GetRequiredService<UsageLog>());
        builder.Services.AddSingleton<CallReader>();
        builder.Services.AddSingleton<StatisticsReader>();
        builder.Services.AddSingleton<RollupCheck>();
        builder.Services.AddSingleton<HistoryFile>();
        builder.Services.AddHostedService(services => services.GetRequiredService<HistoryFile>());
        builder.Services.AddSingleton<UsageSweeper>();
        builder.Services.AddHostedService(services => services.GetRequiredService<UsageSweeper>());
    }
}
