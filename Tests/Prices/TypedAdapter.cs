using Gateway.Llm.ChatCompletions;
using RoutingService.Prices;
using RoutingService.Providers;
using RoutingService.Snapshots;
using RoutingService.Targets;
using Tests.TestKit;

namespace Tests.Prices;

/// <summary>A provider that is of a type, and is never called.</summary>
internal sealed class TypedAdapter(string type) : IProviderAdapter
{
    public string Type => type;

    public bool CanAskFor(string serviceTier)
        => ChatPreset(type)?.Has("service_tier") ?? type is not ("anthropic" or "vertex");

    public Task<ProviderAnswer> SendAsync(ProviderCall call, CancellationToken cancellationToken) => throw new InvalidOperationException("Nobody is to be called.");

    /// <summary>A model of a provider of this type, which the gateway calls by the same name unless it says another.</summary>
    public static Deployment Deployment(string type, string model, string? provider = null, Dictionary<string, string>? settings = null, string? region = null)
    {
        var target = new ProviderTarget(provider ?? type, new TypedAdapter(type), null, IsLocal: true, Credential: null) { Settings = settings ?? [] };
        var deployed = RoutingSnapshots.Of(target).Providers[target.Name].Deploy(model);
        return region is null ? deployed : new Deployment(deployed.Id, model, deployed.Accesses, deployed.State) { Region = region };
    }

    /// <summary>The prices that the gateway comes with, and others before them.</summary>
    public static PriceSources Shipped(params IReadOnlyList<PriceRow> own) => new(own, [], PriceSources.ByProvider(ShippedBook.Book.Rows));

    private static ChatProfile? ChatPreset(string type)
        => RoutingService.Providers.OpenAICompatible.ChatPreset.All.FirstOrDefault(preset => preset.Type == type)?.Profile;
}
