using RoutingService.Secrets;

namespace RoutingService.Services;

/// <summary>A vendor whose own variables are set.</summary>
/// <param name="Name">Of the provider, and of the service where it is one.</param>
/// <param name="BaseUrl">Null is where the type of provider calls by itself.</param>
internal sealed record Vendor(string Name, Uri? BaseUrl, ProviderCredential? Key)
{
    /// <summary>Of the provider, as <see cref="Providers.IProviderAdapter.SettingNames"/> calls them.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>The type of provider that speaks to it.</summary>
    public string Type => Name switch
    {
        "dashscope" => "openai_compatible",
        _ => TypeAt(Name, BaseUrl),
    };

    /// <summary>Another server that says it is like OpenAI has Chat Completions, and seldom the rest.</summary>
    public static string TypeAt(string type, Uri? baseUrl)
        => type == "openai" && baseUrl is not null && !baseUrl.Host.Equals("api.openai.com", StringComparison.OrdinalIgnoreCase) ? "openai_compatible" : type;
}
