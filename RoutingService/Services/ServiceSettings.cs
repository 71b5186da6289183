using Gateway.Contracts.Routing;
using RoutingService.Secrets;
using RoutingService.Targets;

namespace RoutingService.Services;

/// <summary>A service as the environment names it.</summary>
/// <param name="BackendType">One of <see cref="ServiceSettingsReader.BackendTypes"/>.</param>
internal sealed record ServiceSettings(string Name, string BackendType, Uri BaseUrl)
{
    public const double DefaultTimeoutSeconds = 60;

    public ProviderCredential? ApiKey { get; init; }

    public double TimeoutSeconds { get; init; } = DefaultTimeoutSeconds;

    /// <summary>The lowest is asked first; equals in the order in which they are named.</summary>
    public int Priority { get; init; }

    /// <summary>Requests over all of its models; null is unlimited, 0 blocks.</summary>
    public long? RateLimit { get; init; }

    public TimeSpan RateLimitWindow { get; init; } = LoadLimits.Minute;

    /// <summary>What its type of provider is told besides.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    public ServiceDescription Description => new(Name, BackendType, Priority);

    /// <summary>The type of provider that speaks to it.</summary>
    public string ProviderType => BackendType == "custom" ? "openai_compatible" : Vendor.TypeAt(BackendType, BaseUrl);

    /// <summary>It does not answer without one.</summary>
    public bool NeedsKey => BackendType is "openai" or "cerebras" or "deepinfra";
}
