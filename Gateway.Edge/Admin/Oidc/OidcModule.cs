using Microsoft.Extensions.Options;

namespace Gateway.Edge.Admin.Oidc;

internal static class OidcModule
{
    private const long MaxAnswer = 1024 * 1024;

    public static void AddOidc(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<OidcOptions>().BindConfiguration(OidcOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<OidcOptions>, OidcOptionsValidator>();
        builder.Services.AddSingleton<IValidateOptions<OidcOptions>, OidcSettingsValidator>();
        builder.Services.AddSingleton<OidcProvider>();
        builder.Services.AddSingleton<OidcSignIn>();
        builder.Services.AddSingleton(services => OidcAttempts.From(services.GetRequiredService<IConfiguration>(), services.GetRequiredService<TimeProvider>()));
        builder.Services
            .AddHttpClient(OidcProvider.ClientName, client =>
            {
                client.Timeout = TimeSpan.FromSeconds(10);
                client.MaxResponseContentBufferSize = MaxAnswer;
            })
            .UseSocketsHttpHandler((handler, _) =>
            {
                handler.AllowAutoRedirect = false;
                handler.UseCookies = false;
            });
    }
}
