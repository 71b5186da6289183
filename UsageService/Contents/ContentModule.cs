using Gateway.Contracts.Contents;

namespace UsageService.Contents;

internal static class ContentModule
{
    public static void AddContents(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ContentLog>();
        builder.Services.AddSingleton<IContentLog>(services => services.GetRequiredService<ContentLog>());
        builder.Services.AddHostedService<ContentSweeper>();
    }
}
