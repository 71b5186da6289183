using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Dashboard;

/// <summary>The secrets between dashboard, browser, services and this process, under the configuration keys that Aspire uses.</summary>
/// <param name="Browser">What a person logs in with.</param>
/// <param name="Otlp">What services send their telemetry with.</param>
/// <param name="Api">What reads telemetry back through <c>/api/telemetry</c>.</param>
/// <param name="ResourceService">What the dashboard asks this process with.</param>
internal sealed record DashboardTokens(string? Browser, string? Otlp, string? Api, string? ResourceService)
{
    private const string BrowserKey = "AppHost:BrowserToken";
    private const string OtlpKey = "AppHost:OtlpApiKey";
    private const string ApiKey = "AppHost:DashboardApiKey";
    private const string ResourceServiceKey = "AppHost:ResourceService:ApiKey";

    /// <summary>Null values for a dashboard that is open to everybody on this machine.</summary>
    public static DashboardTokens From(IConfiguration configuration) => new(
        NullIfEmpty(configuration[BrowserKey]),
        NullIfEmpty(configuration[OtlpKey]),
        NullIfEmpty(configuration[ApiKey]),
        NullIfEmpty(configuration[ResourceServiceKey]));

    /// <summary>
    /// Fresh values for what nobody has configured; called when the application's builder is made, so that an AppHost
    /// may read and change them.
    /// </summary>
    public static void AddTo(IConfigurationManager configuration)
    {
        if (AllowsAnonymous(configuration))
        {
            return;
        }

        configuration.AddInMemoryCollection(
        [
            new(BrowserKey, Configured(configuration, "ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN", "DOTNET_DASHBOARD_FRONTEND_BROWSERTOKEN", BrowserKey)),
            new(OtlpKey, Configured(configuration, OtlpKey)),
            new(ApiKey, Configured(configuration, ApiKey)),
            new(ResourceServiceKey, Configured(configuration, "ASPIRE_DASHBOARD_RESOURCESERVICE_APIKEY", ResourceServiceKey)),
        ]);
    }

    private static bool AllowsAnonymous(IConfiguration configuration)
        => bool.TryParse(configuration["ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS"] ?? configuration["DOTNET_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS"], out var allows) && allows;

    private static string Configured(IConfiguration configuration, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (configuration[key] is { Length: > 0 } value)
            {
                return value;
            }
        }

        return RandomNumberGenerator.GetHexString(32, lowercase: true);
    }

    private static string? NullIfEmpty(string? value) => value is { Length: > 0 } ? value : null;
}
