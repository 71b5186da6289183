using Microsoft.Extensions.Options;
using RoutingService.Automatic.Heuristics;
using RoutingService.Automatic.KServe;

namespace RoutingService.Automatic;

internal static class AutomaticRoutingExtensions
{
    private const string ClientName = "classifier";

    public static void AddAutomaticRouting(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ClassifierOptions>().BindConfiguration(ClassifierOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<ClassifierOptions>, ClassifierOptionsValidator>();
        builder.Services.AddSingleton<IValidateOptions<ClassifierOptions>, ClassifierAddressValidator>();
        builder.Services.AddHttpClient(ClientName)
            .ConfigureHttpClient((services, client) =>
            {
                client.BaseAddress = services.GetRequiredService<IOptions<ClassifierOptions>>().Value.Url is { } url ? new Uri(url.AbsoluteUri.TrimEnd('/') + "/") : null;
                client.MaxResponseContentBufferSize = KServeClient.MaxAnswerBytes;

                // Each call has the budget of the settings.
                client.Timeout = Timeout.InfiniteTimeSpan;
            })
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .UseSocketsHttpHandler((handler, _) =>
            {
                handler.PooledConnectionLifetime = TimeSpan.FromMinutes(2);
                handler.ConnectTimeout = TimeSpan.FromSeconds(3);
                handler.UseProxy = false;
                handler.UseCookies = false;
                handler.AllowAutoRedirect = false;
            });
        builder.Services.AddSingleton(services => new KServeClient(
            services.GetRequiredService<IHttpClientFactory>().CreateClient(ClientName),
            services.GetRequiredService<IOptions<ClassifierOptions>>().Value.InputName));
        builder.Services.AddSingleton<InferenceServer>();
        builder.Services.AddSingleton<TritonClassifier>();
        builder.Services.AddSingleton<LabelClassifier>();
        builder.Services.AddSingleton<HeuristicClassifier>();
        builder.Services.AddSingleton<ConversationTiers>();
        builder.Services.AddSingleton<AutomaticRouter>();
        builder.Services.AddHostedService<ClassifierWarmUp>();
    }
}
