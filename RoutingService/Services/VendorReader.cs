using RoutingService.Providers.Azure;
using RoutingService.Providers.Bedrock;
using RoutingService.Secrets;
using ServiceDefaults.Settings;

namespace RoutingService.Services;

/// <summary>The vendors whose own variables are set: those that their SDKs and command lines read.</summary>
internal sealed class VendorReader(IConfiguration configuration)
{
    private const string UrlRule = "An absolute http or https URL without user, query and fragment.";

    /// <summary>A key makes a provider of each of these.</summary>
    private static readonly (string Name, string[] Keys, string Address)[] Keyed =
    [
        ("cerebras", ["CEREBRAS_API_KEY"], "CEREBRAS_BASE_URL"),
        ("deepinfra", ["DEEPINFRA_TOKEN", "DEEPINFRA_API_KEY"], "DEEPINFRA_BASE_URL"),
        ("openai", ["OPENAI_API_KEY"], "OPENAI_BASE_URL"),
        ("anthropic", ["ANTHROPIC_API_KEY"], "ANTHROPIC_BASE_URL"),
        ("gemini", ["GEMINI_API_KEY", "GOOGLE_API_KEY"], "GEMINI_BASE_URL"),
        ("dashscope", ["DASHSCOPE_API_KEY"], "DASHSCOPE_BASE_URL"),
        ("deepseek", ["DEEPSEEK_API_KEY"], "DEEPSEEK_BASE_URL"),
        ("groq", ["GROQ_API_KEY"], "GROQ_BASE_URL"),
        ("mistral", ["MISTRAL_API_KEY"], "MISTRAL_BASE_URL"),
        ("openrouter", ["OPENROUTER_API_KEY"], "OPENROUTER_BASE_URL"),
        ("together", ["TOGETHER_API_KEY"], "TOGETHER_BASE_URL"),
        ("xai", ["XAI_API_KEY"], "XAI_BASE_URL"),
    ];

    private static readonly string[] Others =
    [
        "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OLLAMA_BASE_URL", "OLLAMA_AUTH_KEY", "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_API_VERSION",
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_BEARER_TOKEN_BEDROCK", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
    ];

    private readonly List<string> _incomplete = [];

    /// <summary>All that is read here.</summary>
    public static IEnumerable<string> Variables => Keyed.SelectMany(vendor => vendor.Keys.Append(vendor.Address)).Concat(Others);

    /// <summary>What is wanting where a vendor has only a part of its variables. They may be there for something else, so that is no fault.</summary>
    public IReadOnlyList<string> Incomplete => _incomplete;

    public IReadOnlyList<Vendor> Read() =>
        [.. Keyed.Select(vendor => ReadKeyed(vendor.Name, vendor.Keys, vendor.Address)).Append(ReadOllama()).Append(ReadAzure()).Append(ReadBedrock()).OfType<Vendor>()];

    public static Uri? UrlOf(string text)
        => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0 && url.Query.Length == 0 && url.Fragment.Length == 0
            ? url
            : null;

    private Vendor? ReadKeyed(string name, string[] keys, string address)
    {
        if (keys.Select(KeyOf).FirstOrDefault(key => key is not null) is not { } key)
        {
            return null;
        }

        var vendor = new Vendor(name, AddressOf(address) ?? (name == "dashscope" ? new Uri("https://dashscope.aliyuncs.com/compatible-mode/v1") : null), key);
        return vendor.Type == "openai" ? vendor with { Settings = Settings(("organization", "OPENAI_ORG_ID"), ("project", "OPENAI_PROJECT_ID")) } : vendor;
    }

    /// <summary>Its address alone makes it one, whatever it is: a server of one's own asks for no key.</summary>
    private Vendor? ReadOllama()
        => KeyOf("OLLAMA_AUTH_KEY") is var key && AddressOf("OLLAMA_BASE_URL") is var address && (key is not null || address is not null)
            ? new Vendor("ollama", address, key)
            : null;

    private Vendor? ReadAzure()
    {
        if (KeyOf("AZURE_OPENAI_API_KEY") is not { } key)
        {
            return null;
        }

        if (AddressOf("AZURE_OPENAI_ENDPOINT") is not { } address)
        {
            _incomplete.Add("AZURE_OPENAI_API_KEY is set, and AZURE_OPENAI_ENDPOINT is not");
            return null;
        }

        var settings = Settings((AzureSettings.ApiVersion, "AZURE_OPENAI_API_VERSION"));
        return settings.Select(setting => AzureSettings.FindFault(setting.Key, setting.Value)).FirstOrDefault(fault => fault is not null) is { } fault
            ? throw new SettingsException($"AZURE_OPENAI_API_VERSION: {fault}")
            : new Vendor("azure", address, key) { Settings = settings };
    }

    private Vendor? ReadBedrock()
    {
        var (id, secret, bearer) = (TextOf("AWS_ACCESS_KEY_ID"), TextOf("AWS_SECRET_ACCESS_KEY"), TextOf("AWS_BEARER_TOKEN_BEDROCK"));
        if (bearer is null && (id is null || secret is null))
        {
            return null;
        }

        if ((TextOf("AWS_REGION") ?? TextOf("AWS_DEFAULT_REGION")) is not { } region)
        {
            _incomplete.Add("a key for AWS is set, and AWS_REGION is not");
            return null;
        }

        var settings = new Dictionary<string, string> { [BedrockAdapter.Region] = region };
        if (bearer is null)
        {
            settings[BedrockAuth.AccessKeyId] = id!;
            bearer = TextOf("AWS_SESSION_TOKEN") is { } token ? $"{secret}{BedrockAuth.TokenSeparator}{token}" : secret;
        }

        return BedrockAdapter.IsRegion(region)
            ? new Vendor("bedrock", AddressOf("AWS_ENDPOINT_URL_BEDROCK_RUNTIME"), new ProviderCredential(bearer!)) { Settings = settings }
            : throw new SettingsException("AWS_REGION: A region is written as 'us-east-1'.");
    }

    private Dictionary<string, string> Settings(params ReadOnlySpan<(string Name, string Variable)> variables)
    {
        var settings = new Dictionary<string, string>();
        foreach (var (name, variable) in variables)
        {
            if (TextOf(variable) is { } value)
            {
                settings[name] = value;
            }
        }

        return settings;
    }

    private Uri? AddressOf(string variable)
        => TextOf(variable) is not { } text ? null : UrlOf(text) ?? throw new SettingsException($"{variable}: {UrlRule}");

    private ProviderCredential? KeyOf(string variable) => TextOf(variable) is { } text ? new ProviderCredential(text) : null;

    /// <summary>Printable ASCII: it goes into headers.</summary>
    private string? TextOf(string variable) => configuration[variable]?.Trim() is not { Length: > 0 } text ? null
        : text.All(character => character is > ' ' and <= '~') ? text
        : throw new SettingsException($"{variable} must have printable ASCII characters without spaces.");
}
