using Gateway.Contracts.Keys;
using Microsoft.Extensions.Options;
using ServiceDefaults.Settings;

namespace KeyService.Admins;

internal static class AdminModule
{
    public static void AddAdmins(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AdminTokens>();
        builder.Services.AddSingleton<AdminStore>();
        builder.Services.AddSingleton<IAdminSessions, AdminSessions>();
        builder.Services.AddOptions<AdminSessionOptions>().BindConfiguration(AdminSessionOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<AdminSessionOptions>, AdminSessionOptionsValidator>();
        if (AdminKeySetting.Read(builder.Configuration) is { } secret)
        {
            builder.Services.AddHostedService(services => new BootstrapAdmin(services.GetRequiredService<AdminTokens>(), secret));
        }
    }

    private sealed class BootstrapAdmin(AdminTokens tokens, string secret) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => tokens.SetBootstrapAsync(secret, cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
