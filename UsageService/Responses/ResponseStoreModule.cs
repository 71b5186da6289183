using Gateway.Contracts;
using Gateway.Contracts.Responses;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using ServiceDefaults.Http;

namespace UsageService.Responses;

internal static class ResponseStoreModule
{
    public static void AddResponseStore(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ResponseStoreOptions>().BindConfiguration(ResponseStoreOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<ResponseStoreOptions>, ResponseStoreOptionsValidator>();
        builder.Services.AddSingleton<ResponseStore>();
        builder.Services.AddSingleton<IResponseStore>(services => services.GetRequiredService<ResponseStore>());
        builder.Services.AddSingleton<BackgroundStore>();
        builder.Services.AddSingleton<IBackgroundStore>(services => services.GetRequiredService<BackgroundStore>());
        builder.Services.AddHostedService<ResponseSweeper>();
        builder.Services.AddHostedService<BackgroundSweeper>();
    }

    public static void MapResponseStore(this WebApplication app)
    {
        var json = ContractsJson.Default;

        // The Edge bounds what clients send; base64 makes more of it.
        app.Use((context, next) =>
        {
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit && IsLarge(context.Request.Path))
            {
                limit.MaxRequestBodySize = null;
            }

            return next(context);
        });
        app.MapInternalPost(ResponseRoutes.Save, json.StoredResponse, (services, response, token) => Store(services).SaveAsync(response, token));
        app.MapInternalPost(ResponseRoutes.Find, json.StoredKey, json.StoredResponse, (services, key, token) => Store(services).FindAsync(key, token));
        app.MapInternalPost(ResponseRoutes.History, json.StoredKey, json.StoredItems, (services, key, token) => Store(services).HistoryAsync(key, token));
        app.MapInternalPost(ResponseRoutes.Items, json.StoredItemsQuery, json.StoredItems, (services, query, token) => Store(services).FindItemsAsync(query, token));
        app.MapInternalPost(ResponseRoutes.Delete, json.StoredKey, json.StoredRemoval, (services, key, token) => Store(services).DeleteAsync(key, token));
        app.MapInternalPost(
            ResponseRoutes.StartBackground, json.BackgroundStart, (services, start, token) => Background(services).StartAsync(start, token));
        app.MapInternalPost(
            ResponseRoutes.ReportBackground, json.BackgroundReport, json.BackgroundState, (services, report, token) => Background(services).ReportAsync(report, token));
        app.MapInternalPost(ResponseRoutes.CancelBackground, json.StoredKey, (services, key, token) => Background(services).CancelAsync(key, token));
        app.MapInternalPost(
            ResponseRoutes.BackgroundEvents, json.StoredEventsQuery, json.StoredEvents, (services, query, token) => Background(services).EventsAsync(query, token));
        app.MapInternalPost(
            ResponseRoutes.SaveConversation, json.StoredConversation, (services, conversation, token) => Store(services).SaveConversationAsync(conversation, token));
        app.MapInternalPost(
            ResponseRoutes.FindConversation, json.StoredKey, json.StoredConversation, (services, key, token) => Store(services).FindConversationAsync(key, token));
        app.MapInternalPost(ResponseRoutes.AddConversationItems, json.ConversationItems, (services, items, token) => Store(services).AddItemsAsync(items, token));
        app.MapInternalPost(
            ResponseRoutes.ConversationItems, json.StoredKey, json.StoredItems, (services, key, token) => Store(services).ConversationItemsAsync(key, token));
        app.MapInternalPost(
            ResponseRoutes.DeleteConversation, json.StoredKey, json.StoredRemoval, (services, key, token) => Store(services).DeleteConversationAsync(key, token));
    }

    private static bool IsLarge(PathString path)
        => path == ResponseRoutes.Save || path == ResponseRoutes.StartBackground || path == ResponseRoutes.ReportBackground;

    private static IBackgroundStore Background(IServiceProvider services) => services.GetRequiredService<IBackgroundStore>();

    private static IResponseStore Store(IServiceProvider services) => services.GetRequiredService<IResponseStore>();
}
