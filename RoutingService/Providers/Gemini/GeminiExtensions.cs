namespace RoutingService.Providers.Gemini;

internal static class GeminiExtensions
{
    public static void AddGemini(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton(provider => new ThoughtSignatures(provider.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<GoogleTokens>();
        builder.Services.AddSingleton<IProviderAdapter, GeminiAdapter>();
        builder.Services.AddSingleton<IProviderAdapter, VertexAdapter>();
    }
}
