using System.Collections.Frozen;
using RoutingService.Downloads;
using RoutingService.Providers.Anthropic;
using RoutingService.Providers.Azure;
using RoutingService.Providers.Bedrock;
using RoutingService.Providers.Gemini;
using RoutingService.Providers.OpenAI;
using RoutingService.Providers.OpenAICompatible;
using RoutingService.Providers.Simulated;

namespace RoutingService.Providers;

/// <summary>The adapters by type.</summary>
internal sealed class ProviderAdapters(IEnumerable<IProviderAdapter> adapters)
{
    private readonly FrozenDictionary<string, IProviderAdapter> _adapters = adapters.ToFrozenDictionary(adapter => adapter.Type);

    public IEnumerable<string> Types => _adapters.Keys.Order(StringComparer.Ordinal);

    public bool Has(string type) => _adapters.ContainsKey(type);

    public IProviderAdapter Get(string type) => _adapters[type];
}

internal static class ProviderAdapterExtensions
{
    public static void AddProviders(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IProviderAdapter, SimulatedAdapter>();
        foreach (var preset in ChatPreset.All)
        {
            builder.Services.AddSingleton<IProviderAdapter>(services => ActivatorUtilities.CreateInstance<OpenAICompatibleAdapter>(services, preset));
        }

        builder.Services.AddSingleton<IProviderAdapter, AnthropicAdapter>();
        builder.Services.AddSingleton<IProviderAdapter, OpenAIAdapter>();
        builder.Services.AddSingleton<IProviderAdapter, AzureAdapter>();
        builder.Services.AddSingleton<EntraTokens>();
        builder.AddMediaDownloads();
        builder.AddGemini();
        builder.AddBedrock();
        builder.Services.AddSingleton<ProviderAdapters>();
        builder.Services.AddHostedService<SimulatedSeed>();
    }
}
