using RoutingService.Providers;
using RoutingService.Secrets;

namespace RoutingService.Snapshots;

/// <summary>A model of a provider.</summary>
internal sealed record Target(ProviderTarget Provider, string Model, bool IsEnabled)
{
    /// <summary>What prices call it: a simulated model's knobs are no part of its name.</summary>
    public string PricedModel => WithoutKnobs(Model);

    public static string WithoutKnobs(string model) => model.IndexOf('?', StringComparison.Ordinal) is > 0 and var knobs ? model[..knobs] : model;
}

/// <summary>A provider as calls need it.</summary>
internal sealed record ProviderTarget(string Name, IProviderAdapter Adapter, Uri? BaseUrl, bool IsLocal, ProviderCredential? Credential)
{
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    public string? Setting(string name) => Settings.GetValueOrDefault(name);
}
