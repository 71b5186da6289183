using System.Globalization;
using System.Text;
using RoutingService.Providers;
using RoutingService.Secrets;
using ServiceDefaults.Http;
using ServiceDefaults.Settings;

namespace RoutingService.Services;

/// <summary>
/// The services of the environment: those of <c>ROUTER_SERVICES</c> where it is set, else one for each vendor whose variables are. What cannot
/// be read ends the program: half of the services would be another router than the one that was meant.
/// </summary>
internal static class ServiceSettingsReader
{
    public const string ServicesVariable = "ROUTER_SERVICES";
    public const string TimeoutVariable = "REQUEST_TIMEOUT";

    private const int MaxServices = 1000;
    private const int MaxSeconds = 3600;
    private const string UrlRule = "An absolute http or https URL without user, query and fragment.";

    public static IReadOnlyList<string> BackendTypes { get; } = ["openai", "cerebras", "deepinfra", "ollama", "custom"];

    /// <summary>In the order in which they are asked.</summary>
    public static IReadOnlyList<ServiceSettings> Read(IConfiguration configuration)
    {
        var services = configuration[ServicesVariable] is { } json && !string.IsNullOrWhiteSpace(json)
            ? Named(json, configuration)
            : [.. Automatic(configuration)];
        return [.. services.OrderBy(service => service.Priority)];
    }

    private static IReadOnlyList<ServiceSettings> Named(string json, IConfiguration configuration)
    {
        IReadOnlyList<ServiceSettings> services = [];

        // Its path in the messages is then that of the variable.
        var fields = FieldReader.Parse(Encoding.UTF8.GetBytes($"{{\"{ServicesVariable}\":{json}}}"));
        fields.Objects(ServicesVariable, MaxServices, entry => ReadEntry(entry, configuration), read => services = read);
        var faults = fields.FindFaults();
        if (faults.Count > 0)
        {
            var (path, message) = faults.First();
            throw new SettingsException(path.Length == 0
                ? $"{ServicesVariable} is not a JSON array of services without duplicate fields."
                : $"{path}: {message}{(faults.Count > 1 ? $" ({faults.Count - 1} more of its fields are wrong.)" : "")}");
        }

        return services.GroupBy(service => service.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { Key: var twice }
            ? throw new SettingsException($"{ServicesVariable}: two services have the name '{twice}'.")
            : services;
    }

    private static ServiceSettings ReadEntry(FieldReader fields, IConfiguration configuration)
    {
        var (name, type, url) = ("", "custom", new Uri("http://localhost"));
        var settings = new ServiceSettings(name, type, url) { TimeoutSeconds = TimeoutOf(configuration) };
        fields.Require("name");
        fields.Require("backend_type");
        fields.Require("base_url");
        fields.Name("name", Provider.MaxNameLength, text => name = text.AsSpan().IndexOfAny('/', '|') < 0 ? text : Wrong("name", "Without '/' and '|'."));
        fields.Name("backend_type", 40, text => type = BackendTypes.Contains(text) ? text : Wrong("backend_type", $"One of {string.Join(", ", BackendTypes)}."));
        fields.Name("base_url", Provider.MaxUrlLength, text =>
        {
            url = UrlOf(text) ?? url;
            if (UrlOf(text) is null)
            {
                fields.Fault("base_url", UrlRule);
            }
        });
        fields.Text("api_key", Provider.MaxCredentialLength, text => settings = settings with { ApiKey = KeyOf(text) });
        fields.Number("timeout", 0.1m, MaxSeconds, seconds => settings = settings with { TimeoutSeconds = (double?)seconds ?? settings.TimeoutSeconds });
        fields.Count("priority", -1_000_000, 1_000_000, priority => settings = settings with { Priority = (int)(priority ?? 0) });
        fields.Count("rate_limit_requests", 0, int.MaxValue, requests => settings = settings with { RateLimit = requests });
        fields.Number("rate_limit_window", 0.1m, 86_400, seconds => settings = settings with
        {
            RateLimitWindow = seconds is { } window ? TimeSpan.FromSeconds((double)window) : settings.RateLimitWindow,
        });
        return settings with { Name = name, BackendType = type, BaseUrl = url };

        string Wrong(string field, string message)
        {
            fields.Fault(field, message);
            return "";
        }
    }

    /// <summary>A variable that is set counts, whatever its value is.</summary>
    private static IEnumerable<ServiceSettings> Automatic(IConfiguration configuration)
    {
        if (KeyOf(configuration["CEREBRAS_API_KEY"]) is { } cerebras)
        {
            yield return Vendor("cerebras", "https://api.cerebras.ai/v1", 0, cerebras) with
            {
                RateLimit = Number("CEREBRAS_RATE_LIMIT_REQUESTS", 0, int.MaxValue) is { } requests ? (long)requests : null,
                RateLimitWindow = TimeSpan.FromSeconds(Number("CEREBRAS_RATE_LIMIT_WINDOW", 1, 86_400) ?? 60),
            };
        }

        if (KeyOf(configuration["DEEPINFRA_TOKEN"]) is { } deepInfra)
        {
            yield return Vendor("deepinfra", "https://api.deepinfra.com/v1/openai", 1, deepInfra);
        }

        if (KeyOf(configuration["OPENAI_API_KEY"]) is { } openAI)
        {
            yield return Vendor("openai", "https://api.openai.com/v1", 2, openAI);
        }

        var ollama = KeyOf(configuration["OLLAMA_AUTH_KEY"]);
        if (ollama is not null || !string.IsNullOrWhiteSpace(configuration["OLLAMA_BASE_URL"]))
        {
            yield return Vendor("ollama", "http://localhost:11434/v1", 3, ollama);
        }

        ServiceSettings Vendor(string type, string baseUrl, int priority, ProviderCredential? key)
        {
            var variable = $"{type.ToUpperInvariant()}_BASE_URL";
            var url = configuration[variable] is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : baseUrl;
            return new ServiceSettings(type, type, UrlOf(url) ?? throw new SettingsException($"{variable}: {UrlRule}"))
            {
                ApiKey = key,
                TimeoutSeconds = TimeoutOf(configuration),
                Priority = priority,
            };
        }

        double? Number(string variable, double min, double max) => NumberOf(configuration, variable, min, max);
    }

    private static Uri? UrlOf(string text)
        => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0 && url.Query.Length == 0 && url.Fragment.Length == 0
            ? url
            : null;

    private static ProviderCredential? KeyOf(string? text) => string.IsNullOrWhiteSpace(text) ? null : new ProviderCredential(text.Trim());

    private static double TimeoutOf(IConfiguration configuration)
        => NumberOf(configuration, TimeoutVariable, 0.1, MaxSeconds) ?? ServiceSettings.DefaultTimeoutSeconds;

    private static double? NumberOf(IConfiguration configuration, string variable, double min, double max)
    {
        if (configuration[variable] is not { } text || string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new SettingsException($"{variable} must be a number from {min.ToString(CultureInfo.InvariantCulture)} to {max.ToString(CultureInfo.InvariantCulture)}.");
    }
}
