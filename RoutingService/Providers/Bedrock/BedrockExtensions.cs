namespace RoutingService.Providers.Bedrock;

internal static class BedrockExtensions
{
    public static void AddBedrock(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<BedrockAuth>();
        builder.Services.AddSingleton<IProviderAdapter, BedrockAdapter>();
    }
}
