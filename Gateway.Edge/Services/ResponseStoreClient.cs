using System.Text.Json.Serialization.Metadata;
using Gateway.Contracts;
using Gateway.Contracts.Responses;

namespace Gateway.Edge.Services;

internal sealed class ResponseStoreClient(HttpClient client) : IResponseStore
{
    private static readonly ContractsJson Json = ContractsJson.Default;

    public Task SaveAsync(StoredResponse response, CancellationToken cancellationToken)
        => client.PostBatchAsync(ServiceClients.UsageService, ResponseRoutes.Save, response, Json.StoredResponse, cancellationToken);

    public Task<StoredResponse?> FindAsync(StoredKey key, CancellationToken cancellationToken)
        => AskAsync(ResponseRoutes.Find, key, Json.StoredKey, Json.StoredResponse, cancellationToken);

    public Task<StoredItems?> HistoryAsync(StoredKey key, CancellationToken cancellationToken)
        => AskAsync(ResponseRoutes.History, key, Json.StoredKey, Json.StoredItems, cancellationToken);

    public Task<StoredItems?> FindItemsAsync(StoredItemsQuery query, CancellationToken cancellationToken)
        => AskAsync(ResponseRoutes.Items, query, Json.StoredItemsQuery, Json.StoredItems, cancellationToken);

    public Task<StoredRemoval?> DeleteAsync(StoredKey key, CancellationToken cancellationToken)
        => AskAsync(ResponseRoutes.Delete, key, Json.StoredKey, Json.StoredRemoval, cancellationToken);

    public Task SaveConversationAsync(StoredConversation conversation, CancellationToken cancellationToken)
        => client.PostBatchAsync(ServiceClients.UsageService, ResponseRoutes.SaveConversation, conversation, Json.StoredConversation, cancellationToken);

    public Task<StoredConversation?> FindConversationAsync(StoredKey key, CancellationToken cancellationToken)
        => AskAsync(ResponseRoutes.FindConversation, key, Json.StoredKey, Json.StoredConversation, cancellationToken);

    public Task AddItemsAsync(ConversationItems items, CancellationToken cancellationToken)
        => client.PostBatchAsync(ServiceClients.UsageService, ResponseRoutes.AddConversationItems, items, Json.ConversationItems, cancellationToken);

    public Task<StoredItems?> ConversationItemsAsync(StoredKey key, CancellationToken cancellationToken)
        => AskAsync(ResponseRoutes.ConversationItems, key, Json.StoredKey, Json.StoredItems, cancellationToken);

    public Task<StoredRemoval?> DeleteConversationAsync(StoredKey key, CancellationToken cancellationToken)
        => AskAsync(ResponseRoutes.DeleteConversation, key, Json.StoredKey, Json.StoredRemoval, cancellationToken);

    private Task<TResponse?> AskAsync<TRequest, TResponse>(
        string path, TRequest request, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TResponse> responseType, CancellationToken cancellationToken)
        where TResponse : class
        => client.PostAsync(ServiceClients.UsageService, path, request, requestType, responseType, cancellationToken);
}
