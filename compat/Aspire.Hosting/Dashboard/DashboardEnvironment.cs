using System.Collections;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Dashboard;

/// <summary>What the dashboard's process is told.</summary>
internal static class DashboardEnvironment
{
    // The dashboard needs no more of this process's environment: connection strings and keys stay here.
    private static readonly HashSet<string> Inherited = new(StringComparer.OrdinalIgnoreCase)
    {
        "PATH", "HOME", "USER", "LANG", "TMPDIR", "TEMP", "TMP", "USERPROFILE", "LOCALAPPDATA", "APPDATA", "SystemRoot", "TZ",
        "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "DOTNET_BUNDLE_EXTRACT_BASE_DIR", "SSL_CERT_DIR", "SSL_CERT_FILE",
    };

    private static readonly string[] Settings = ["ASPIRE_DASHBOARD_", "DASHBOARD__"];

    public static Dictionary<string, string> Create(
        IConfiguration configuration, DashboardAddresses addresses, DashboardTokens tokens, string? resourceServiceUrl)
    {
        var environment = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (Inherited.Contains(name) || IsSetting(name))
            {
                environment[name] = (string?)variable.Value ?? "";
            }
        }

        foreach (var (name, value) in configuration.AsEnumerable().Where(setting => IsSetting(setting.Key)))
        {
            environment[name] = value ?? "";
        }

        environment["ASPNETCORE_ENVIRONMENT"] = configuration["ASPNETCORE_ENVIRONMENT"] ?? "Production";
        environment["ASPNETCORE_URLS"] = addresses.Frontend;
        Set(environment, "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", addresses.OtlpGrpc);
        Set(environment, "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", addresses.OtlpHttp);
        Set(environment, "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", resourceServiceUrl);
        Secure(environment, "FRONTEND", "BROWSERTOKEN", "BrowserToken", tokens.Browser);
        Secure(environment, "OTLP", "PRIMARYAPIKEY", "ApiKey", tokens.Otlp);
        Secure(environment, "API", "PRIMARYAPIKEY", "ApiKey", tokens.Api);
        Secure(environment, "RESOURCESERVICECLIENT", "APIKEY", "ApiKey", tokens.ResourceService);
        environment["ASPIRE_DASHBOARD_API_ENABLED"] = "true";
        // Its start-up summary holds the login token; what there is to say of that, the AppHost says.
        environment["LOGGING__LOGLEVEL__Aspire.Dashboard.DashboardWebApplication"] = "Warning";
        environment["LOGGING__CONSOLE__FORMATTERNAME"] = "simple";
        environment["LOGGING__CONSOLE__FORMATTEROPTIONS__SINGLELINE"] = "true";
        return environment;
    }

    private static bool IsSetting(string name) => Settings.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    private static void Secure(Dictionary<string, string> environment, string part, string secretName, string mode, string? secret)
    {
        environment[$"DASHBOARD__{part}__AUTHMODE"] = secret is null ? "Unsecured" : mode;
        Set(environment, $"DASHBOARD__{part}__{secretName}", secret);
    }

    private static void Set(Dictionary<string, string> environment, string name, string? value)
    {
        if (value is null)
        {
            environment.Remove(name);
        }
        else
        {
            environment[name] = value;
        }
    }
}
