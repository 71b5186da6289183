using System.Text.Json;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Responses;
using Gateway.Llm.Json;

namespace Gateway.Edge.Responses;

/// <summary>Finds what a request refers to, among what its tenant may see.</summary>
internal sealed class ResponseHistory(IResponseStore store, IKeyLedger ledger)
{
    public async Task<Guid> RequireTenantAsync(string secret, CancellationToken cancellationToken)
        => await ledger.IdentifyAsync(secret, cancellationToken) is { } access
            ? Tenants.Of(access.Key)
            : throw new GatewayErrorException(GatewayError.InvalidKey());

    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> OfResponseAsync(Guid tenant, string id, CancellationToken cancellationToken)
        => await store.HistoryAsync(new StoredKey(tenant, id), cancellationToken) is { } history
            ? !history.IsRunning ? Memories(history) : throw new GatewayErrorException(GatewayError.BadRequest(
                "previous_response_in_progress", $"Previous response with id '{JsonStrings.Shorten(id)}' is still in progress.", "previous_response_id"))
            : throw new GatewayErrorException(GatewayError.BadRequest(
                "previous_response_not_found", $"Previous response with id '{JsonStrings.Shorten(id)}' not found.", "previous_response_id"));

    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> OfConversationAsync(Guid tenant, string id, CancellationToken cancellationToken)
        => await store.ConversationItemsAsync(new StoredKey(tenant, id), cancellationToken) is { } items
            ? Memories(items)
            : throw new GatewayErrorException(NotFound("Conversation", id, "conversation"));

    /// <summary>References replaced by the items that they refer to.</summary>
    public async Task<ReadOnlyMemory<byte>> ResolveAsync(Guid tenant, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        using var document = JsonDocument.Parse(input);
        var ids = document.RootElement.EnumerateArray().Select(ReferredId).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        if (ids.Count == 0)
        {
            return input;
        }

        var found = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var item in (await store.FindItemsAsync(new StoredItemsQuery(tenant, ids), cancellationToken))?.Turns ?? [])
        {
            using var single = JsonDocument.Parse(item);
            found[single.RootElement[0].FindText("id")!] = item;
        }

        return InputItems.Join([.. document.RootElement.EnumerateArray().Select(item => (ReadOnlyMemory<byte>)(
            ReferredId(item) is not { } id ? JsonSerializer.SerializeToUtf8Bytes(new[] { item })
            : found.TryGetValue(id, out var stored) ? stored
            : throw new GatewayErrorException(NotFound("Item", id, "input"))))]);
    }

    public static GatewayError NotFound(string what, string id, string? param = null)
        => new(GatewayErrorKind.NotFound, "not_found", $"{what} with id '{JsonStrings.Shorten(id)}' not found.") { Param = param };

    private static string? ReferredId(JsonElement item) => item.FindText("type") == "item_reference" ? item.FindText("id") ?? "" : null;

    private static IReadOnlyList<ReadOnlyMemory<byte>> Memories(StoredItems items) => [.. items.Turns.Select(turn => (ReadOnlyMemory<byte>)turn)];
}
