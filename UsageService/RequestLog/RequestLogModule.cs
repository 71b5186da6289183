using Gateway.Contracts.Usage;

namespace UsageService.RequestLog;

internal static class RequestLogModule
{
    public static void AddRequestLog(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<LogWatch>();
        builder.Services.AddSingleton<UsageLog>();
        builder.Services.AddSingleton<IUsageLog>(services => services.GetRequiredService<UsageLog>());
    }
}
