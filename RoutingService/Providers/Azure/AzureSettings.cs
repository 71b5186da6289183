using RoutingService.Snapshots;

namespace RoutingService.Providers.Azure;

internal static class AzureSettings
{
    public const string ApiVersion = "api_version";
    public const string Auth = "auth";
    public const string TenantId = "tenant_id";
    public const string ClientId = "client_id";

    /// <summary>Which models deployments are of, for their prices: <c>chat=gpt-4o, small=gpt-4o-mini</c>.</summary>
    public const string BaseModels = "base_models";

    /// <summary>Of <see cref="Auth"/>; the other is the key, which is the default.</summary>
    public const string Entra = "entra";
    private const string Key = "api_key";

    public static string? FindFault(string name, string value) => name switch
    {
        ApiVersion when !IsDated(value) && value is not ("v1" or "preview") => "A date such as 2025-04-01-preview, 'preview' or 'v1'.",
        Auth when value is not (Entra or Key) => $"'{Key}' or '{Entra}'.",
        TenantId or ClientId when !Guid.TryParse(value, out _) => "An id of Microsoft Entra: a GUID.",
        BaseModels when Pairs(value).Any(pair => pair is not [{ Length: > 0 }, { Length: > 0 }]) => "Deployments and their models, as in 'chat=gpt-4o, small=gpt-4o-mini'.",
        _ => null,
    };

    /// <summary>The model of a deployment; null where nobody has said it, for a deployment's name may be that of another model.</summary>
    public static string? BaseModelOf(ProviderTarget provider, string deployment)
        => provider.Setting(BaseModels) is { } models
            ? Pairs(models).FirstOrDefault(pair => pair.Length == 2 && string.Equals(pair[0], deployment, StringComparison.Ordinal))?[1]
            : null;

    /// <param name="deployment">Null for what is of the resource.</param>
    public static Uri Address(ProviderTarget provider, string? deployment, string path)
    {
        var baseUrl = provider.BaseUrl ?? throw new InvalidOperationException($"Provider '{provider.Name}' has no base URL.");
        var root = Root(baseUrl.AbsoluteUri.TrimEnd('/'));
        var version = provider.Setting(ApiVersion);
        var query = version is null or "v1" ? "" : $"?api-version={version}";
        var named = path == "responses" ? null : deployment;
        return new Uri((version is not null && IsDated(version), named) switch
        {
            (true, not null) => $"{root}/openai/deployments/{Uri.EscapeDataString(named)}/{path}{query}",
            (true, null) => $"{root}/openai/{path}{query}",
            _ => $"{root}/openai/v1/{path}{query}",
        });
    }

    /// <summary>The portal shows the address of a resource with and without these ends.</summary>
    private static string Root(string url)
        => url.EndsWith("/openai/v1", StringComparison.Ordinal) ? url[..^"/openai/v1".Length]
            : url.EndsWith("/openai", StringComparison.Ordinal) ? url[..^"/openai".Length]
            : url;

    private static IEnumerable<string[]> Pairs(string value)
        => value.Split(',', StringSplitOptions.TrimEntries).Select(pair => pair.Split('=', StringSplitOptions.TrimEntries));

    private static bool IsDated(string version)
        => version.Length is >= 10 and <= 40
            && DateOnly.TryParseExact(version.AsSpan(0, 10), "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out _)
            && version[10..].All(character => char.IsAsciiLetterOrDigit(character) || character == '-');
}
