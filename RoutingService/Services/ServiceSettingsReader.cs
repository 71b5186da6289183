using System.Globalization;
using System.Text;
using RoutingService.Providers;
using RoutingService.Secrets;
using RoutingService.Targets;
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

    private static readonly (string Name, string Address)[] DefaultAddresses =
    [
        ("cerebras", "https://api.cerebras.ai/v1"),
        ("deepinfra", "https://api.deepinfra.com/v1/openai"),
        ("openai", "https://api.openai.com/v1"),
        ("ollama", "http://localhost:11434/v1"),
    ];

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
            url = VendorReader.UrlOf(text) ?? url;
            if (VendorReader.UrlOf(text) is null)
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

    /// <summary>Those vendors that a router of services knows, in the order in which it has always asked them.</summary>
    private static IEnumerable<ServiceSettings> Automatic(IConfiguration configuration)
    {
        var vendors = new VendorReader(configuration).Read();
        return DefaultAddresses.Index()
            .Select(known => (Priority: known.Index, known.Item.Name, known.Item.Address, Vendor: vendors.FirstOrDefault(vendor => vendor.Name == known.Item.Name)))
            .Where(known => known.Vendor is not null)
            .Select(known => new ServiceSettings(known.Name, known.Name, known.Vendor!.BaseUrl ?? new Uri(known.Address))
            {
                ApiKey = known.Vendor.Key,
                Settings = known.Vendor.Settings,
                TimeoutSeconds = TimeoutOf(configuration),
                Priority = known.Priority,
                RateLimit = known.Name == "cerebras" && NumberOf(configuration, "CEREBRAS_RATE_LIMIT_REQUESTS", 0, int.MaxValue) is { } requests ? (long)requests : null,
                RateLimitWindow = known.Name == "cerebras" && NumberOf(configuration, "CEREBRAS_RATE_LIMIT_WINDOW", 1, 86_400) is { } seconds
                    ? TimeSpan.FromSeconds(seconds)
                    : LoadLimits.Minute,
            });
    }

    private static ProviderCredential? KeyOf(string? text) => string.IsNullOrWhiteSpace(text) ? null : new ProviderCredential(text.Trim());

    /// <summary>Seconds; null where it is left to the gateway.</summary>
    public static double? FindTimeout(IConfiguration configuration) => NumberOf(configuration, TimeoutVariable, 0.1, MaxSeconds);

    private static double TimeoutOf(IConfiguration configuration) => FindTimeout(configuration) ?? ServiceSettings.DefaultTimeoutSeconds;

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
