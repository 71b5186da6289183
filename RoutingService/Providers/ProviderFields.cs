using ServiceDefaults.Http;
using ServiceDefaults.Ownership;

namespace RoutingService.Providers;

/// <summary>The fields of a provider, as the admin API writes them.</summary>
internal static class ProviderFields
{
    private const long MaxRate = 1_000_000_000_000;

    /// <summary>Name and type are of a new one alone: aliases and direct references lead to them.</summary>
    public static Provider ReadNew(FieldReader fields, DateTime now, out string? apiKey)
    {
        string? name = null, type = null;
        fields.Require("name");
        fields.Text("name", Provider.MaxUrlLength, text => name = text);
        fields.Require("type");
        fields.Text("type", Provider.MaxUrlLength, text => type = text);
        var provider = new Provider { Name = name ?? "", Type = type ?? "", CreatedAt = now, UpdatedAt = now };
        Read(fields, provider, out apiKey);
        return provider;
    }

    /// <summary>Fields can be read onto it, for their own sake.</summary>
    public static Provider Blank() => new() { Name = "", Type = "", CreatedAt = default, UpdatedAt = default };

    /// <param name="fields">What was sent.</param>
    /// <param name="provider">What it is for.</param>
    /// <param name="apiKey">Null leaves the one that it has, an empty one takes it away.</param>
    public static void Read(FieldReader fields, Provider provider, out string? apiKey)
    {
        string? sent = null;
        fields.Flag("enabled", enabled => provider.Enabled = enabled);
        fields.Flag("local", local => provider.IsLocal = local);
        fields.Text("base_url", Provider.MaxUrlLength, url => provider.BaseUrl = url);
        fields.Text("api_key", Provider.MaxCredentialLength, key => sent = key ?? "");
        fields.TextMap("settings", settings => provider.Settings = settings ?? []);
        fields.Count("rpm_limit", 0, MaxRate, limit => provider.RpmLimit = limit);
        fields.Count("tpm_limit", 0, MaxRate, limit => provider.TpmLimit = limit);
        fields.Count("max_parallel", 0, 1_000_000, limit => provider.MaxParallel = (int?)limit);
        fields.Owner(owner => provider.ManagedBy = owner);
        apiKey = sent;
    }

    /// <summary>Everything that is wrong with the whole of it, at once.</summary>
    public static void Check(FieldReader fields, Provider provider, string? apiKey, ProviderAdapters adapters)
    {
        var name = provider.Name;
        if (name.Length is 0 or > Provider.MaxNameLength || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            fields.Fault("name", $"A name of 1 to {Provider.MaxNameLength} letters, digits, '-', '_' or '.' is required.");
        }

        if (!adapters.Has(provider.Type))
        {
            fields.Fault("type", $"The type must be one of: {string.Join(", ", adapters.Types)}.");
        }

        var adapter = adapters.Has(provider.Type) ? adapters.Get(provider.Type) : null;
        if (provider.Type != Simulated.SimulatedAdapter.TypeName
            && !(provider.BaseUrl is null && adapter?.DefaultBaseUrl is not null)
            && !(Uri.TryCreate(provider.BaseUrl, UriKind.Absolute, out var url)
                && (url.Scheme == Uri.UriSchemeHttps || (provider.IsLocal && url.Scheme == Uri.UriSchemeHttp))
                && url.UserInfo.Length == 0 && url.Query.Length == 0 && url.Fragment.Length == 0))
        {
            fields.Fault("base_url", "An https URL is required (http where 'local' is true), without user, query or fragment.");
        }

        if (apiKey?.Any(character => character is <= ' ' or > '~') == true)
        {
            fields.Fault("api_key", "A key has printable ASCII characters without spaces.");
        }

        if (adapter is not null)
        {
            CheckSettings(fields, provider.Settings, adapter);
        }
    }

    private static void CheckSettings(FieldReader fields, Dictionary<string, string> settings, IProviderAdapter adapter)
    {
        foreach (var (name, value) in settings)
        {
            if (!adapter.SettingNames.Contains(name))
            {
                fields.Fault($"settings.{name}", adapter.SettingNames.Count == 0
                    ? "This type has no settings."
                    : $"The settings of this type are: {string.Join(", ", adapter.SettingNames.Order(StringComparer.Ordinal))}.");
            }
            else if (adapter.FindSettingFault(name, value) is { } fault)
            {
                fields.Fault($"settings.{name}", fault);
            }
        }

        foreach (var name in adapter.RequiredSettingNames.Where(name => !settings.ContainsKey(name)))
        {
            fields.Fault($"settings.{name}", "This type needs it.");
        }
    }
}
