using Microsoft.Extensions.DependencyInjection.Extensions;
using ServiceDefaults.Settings;

namespace Gateway.Edge.Pipeline;

internal static partial class ClientAuthenticationExtensions
{
    /// <summary>Where clients need no key, that is said whenever the gateway starts, and it listens to this machine alone.</summary>
    public static void AddClientAuthentication(this IHostApplicationBuilder builder)
    {
        var setting = ClientAuthenticationSetting.Read(builder.Configuration);
        setting.CheckAddresses(builder.Configuration);
        builder.Services.TryAddSingleton(setting);
        builder.Services.TryAddSingleton(ApiDescriptionSetting.Read(builder.Configuration));
        if (!setting.IsEnabled)
        {
            builder.Services.AddHostedService<OpenNotice>();
        }
    }

    private sealed partial class OpenNotice(ILogger<OpenNotice> logger) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            LogOpen();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        [LoggerMessage(LogLevel.Warning, "ENABLE_AUTH=false: whoever reaches this gateway may call every model, without a key and without limits. The admin API stays closed.")]
        private partial void LogOpen();
    }
}
