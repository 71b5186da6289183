namespace Gateway.Contracts.Responses;

/// <summary>What the Responses API remembers. What belongs to another tenant is not there, exactly like what never was.</summary>
public interface IResponseStore
{
    /// <summary>Stores a response, in the place of one of the same id; in a conversation it becomes the last turn.</summary>
    Task SaveAsync(StoredResponse response, CancellationToken cancellationToken);

    Task<StoredResponse?> FindAsync(StoredKey key, CancellationToken cancellationToken);

    /// <summary>Input and output of all turns up to this response; null when it, or one before it, is not there.</summary>
    Task<StoredItems?> HistoryAsync(StoredKey key, CancellationToken cancellationToken);

    /// <summary>The items of those ids that are there, each in an array of its own.</summary>
    Task<StoredItems?> FindItemsAsync(StoredItemsQuery query, CancellationToken cancellationToken);

    Task<StoredRemoval?> DeleteAsync(StoredKey key, CancellationToken cancellationToken);

    Task SaveConversationAsync(StoredConversation conversation, CancellationToken cancellationToken);

    Task<StoredConversation?> FindConversationAsync(StoredKey key, CancellationToken cancellationToken);

    Task AddItemsAsync(ConversationItems items, CancellationToken cancellationToken);

    /// <summary>Null when there is no such conversation.</summary>
    Task<StoredItems?> ConversationItemsAsync(StoredKey key, CancellationToken cancellationToken);

    Task<StoredRemoval?> DeleteConversationAsync(StoredKey key, CancellationToken cancellationToken);
}
