using ServiceDefaults.Settings;

namespace RoutingService.Secrets;

internal static class CredentialVaultExtensions
{
    public static void AddCredentialVault(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<MasterKeyOptions>().BindConfiguration(MasterKeyOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton(new CredentialVault(SecretSetting.RequireList(builder.Configuration, SecretSetting.MasterKey)));
        builder.Services.AddSingleton<MasterKeyRotation>();
        builder.Services.AddHostedService(services => services.GetRequiredService<MasterKeyRotation>());
    }
}
