using ServiceDefaults.Settings;

namespace RoutingService.Secrets;

internal static class CredentialVaultExtensions
{
    public static void AddCredentialVault(this IHostApplicationBuilder builder)
        => builder.Services.AddSingleton(new CredentialVault(SecretSetting.Require(builder.Configuration, SecretSetting.MasterKey)));
}
