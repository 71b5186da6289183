using Gateway.Contracts.Errors;
using Microsoft.Extensions.Options;
using ServiceDefaults.Telemetry.Prometheus;

namespace Gateway.Edge.ConfigFile;

internal static class ConfigFileExtensions
{
    public static void AddConfigFile(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ConfigFileOptions>().BindConfiguration(ConfigFileOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<ConfigFileOptions>, ConfigFileOptionsValidator>();
        builder.Services.AddSingleton<OwnAdminHandler>();
        builder.Services.AddSingleton<ConfigFileWatch>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ConfigFileWatch>());
        builder.Services.AddHealthChecks().AddCheck<ConfigFileHealthCheck>("configuration");
    }

    /// <summary>Nothing is answered by a gateway that is not yet what its file says.</summary>
    public static void UseConfigFile(this WebApplication app)
    {
        app.Services.GetRequiredService<OwnAdminHandler>().Use(app);
        var watch = app.Services.GetRequiredService<ConfigFileWatch>();
        app.Use((context, next) => watch.IsReady || IsOfOperators(context.Request.Path)
            ? next(context)
            : throw new GatewayErrorException(GatewayError.Unavailable("The gateway is starting: its configuration file is not applied yet.")));
    }

    private static bool IsOfOperators(PathString path) => path == "/health" || path == "/alive" || path == MetricsAccess.Path;
}
