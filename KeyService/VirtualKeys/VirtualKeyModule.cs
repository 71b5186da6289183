using ServiceDefaults.Settings;

namespace KeyService.VirtualKeys;

internal static class VirtualKeyModule
{
    public static void AddVirtualKeys(this IHostApplicationBuilder builder)
    {
        var pepper = SecretSetting.Require(builder.Configuration, SecretSetting.KeyPepper);
        builder.Services.AddSingleton(new KeyHasher(pepper));
        builder.Services.AddSingleton<ForeignKeys>();
        builder.Services.AddSingleton<KeyRing>();
        builder.Services.AddSingleton<VirtualKeyStore>();
        if (DevelopmentKeySetting.Read(builder.Configuration) is { } secret)
        {
            builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<DevelopmentKey>(services, secret));
        }
    }
}
