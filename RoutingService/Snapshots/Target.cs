using RoutingService.Providers;
using RoutingService.Secrets;
using RoutingService.Services;
using RoutingService.Targets;

namespace RoutingService.Snapshots;

/// <summary>A model of a provider.</summary>
internal sealed record Target(ProviderTarget Provider, string Model)
{
    /// <summary>What prices call it: a simulated model's knobs are no part of its name.</summary>
    public static string WithoutKnobs(string model) => model.IndexOf('?', StringComparison.Ordinal) is > 0 and var knobs ? model[..knobs] : model;
}

/// <summary>A provider as calls need it.</summary>
internal sealed record ProviderTarget(string Name, IProviderAdapter Adapter, Uri? BaseUrl, bool IsLocal, ProviderCredential? Credential)
{
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>What it may be given over all of its models.</summary>
    public LoadLimits Limits { get; init; } = LoadLimits.None;

    public LoadGate Load { get; init; } = new(TimeProvider.System);

    public ProviderHealth Health { get; init; } = new();

    /// <summary>Of the environment; null for one of the database.</summary>
    public ConfiguredService? Service { get; init; }

    /// <summary>What telemetry calls it.</summary>
    public string Kind => GenAiProvider.NameOf(Adapter.Type, Name);

    /// <summary>Of <see cref="BaseUrl"/>, boxed once for all that is measured.</summary>
    public object? Port { get; } = BaseUrl?.Port;

    public string? Setting(string name) => Settings.GetValueOrDefault(name);
}
