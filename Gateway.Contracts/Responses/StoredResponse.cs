namespace Gateway.Contracts.Responses;

/// <summary>A response that can be read again, and that a later one can go on from.</summary>
public sealed record StoredResponse
{
    /// <summary>Who may see it: the project of the key, else the key itself.</summary>
    public required Guid Tenant { get; init; }

    public required string Id { get; init; }

    public string? PreviousId { get; init; }

    public string? ConversationId { get; init; }

    public required DateTime CreatedAt { get; init; }

    /// <summary>The response object as its client got it.</summary>
    public required byte[] Response { get; init; }

    /// <summary>A JSON array: what this turn added to the input, as the client sent it.</summary>
    public required byte[] Input { get; init; }
}

/// <summary>A conversation that responses add their turns to.</summary>
/// <param name="Metadata">A JSON object.</param>
public sealed record StoredConversation(Guid Tenant, string Id, DateTime CreatedAt, byte[] Metadata);

/// <summary>Names something of a tenant's.</summary>
public sealed record StoredKey(Guid Tenant, string Id);

public sealed record StoredItemsQuery(Guid Tenant, IReadOnlyList<string> Ids);

/// <summary>Items that a client adds to a conversation itself.</summary>
/// <param name="Items">A JSON array.</param>
public sealed record ConversationItems(Guid Tenant, string ConversationId, byte[] Items);

/// <param name="Turns">JSON arrays of items, oldest first.</param>
public sealed record StoredItems(IReadOnlyList<byte[]> Turns)
{
    /// <summary>The last of them is still being made.</summary>
    public bool IsRunning { get; init; }
}

public sealed record StoredRemoval(bool WasThere);
