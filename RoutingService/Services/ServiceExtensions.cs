namespace RoutingService.Services;

internal static class ServiceExtensions
{
    public static void AddServices(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ServiceOptions>().BindConfiguration(ServiceOptions.Section);
        builder.Services.AddSingleton<ServiceBook>();
        builder.Services.AddSingleton<EnvironmentProviders>();
        builder.Services.AddHostedService<ServiceAnnouncement>();
    }
}
