using Gateway.Contracts.Responses;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using UsageService.Data;

namespace UsageService.Responses;

internal sealed class ResponseStore(
    IDbContextFactory<UsageDbContext> databases, IOptions<ResponseStoreOptions> options, TimeProvider timeProvider) : IResponseStore
{
    private DateTime Now => timeProvider.GetUtcNow().UtcDateTime;

    private DateTime Expiry => Now.AddDays(options.Value.RetentionDays);

    public async Task SaveAsync(StoredResponse response, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await PutAsync(database, response, cancellationToken);
        await AddOutputAsync(database, response, cancellationToken);
        await database.SaveChangesAsync(cancellationToken);
    }

    /// <summary>The row alone, for a response that has no output yet.</summary>
    internal async Task PutAsync(UsageDbContext database, StoredResponse response, CancellationToken cancellationToken)
    {
        var row = await database.Responses.SingleOrDefaultAsync(row => row.Tenant == response.Tenant && row.Id == response.Id, cancellationToken);
        if (row is null)
        {
            database.Responses.Add(new ResponseRow
            {
                Tenant = response.Tenant,
                Id = response.Id,
                PreviousId = response.PreviousId,
                ConversationId = response.ConversationId,
                CreatedAt = response.CreatedAt,
                ExpiresAt = Expiry,
                Response = response.Response,
                Input = response.Input,
            });
        }
        else
        {
            (row.Response, row.Input) = (response.Response, response.Input);
        }
    }

    /// <summary>Its items, and its turn in a conversation: one that failed has made none.</summary>
    internal async Task AddOutputAsync(UsageDbContext database, StoredResponse response, CancellationToken cancellationToken)
    {
        var output = StoredJson.Output(response.Response);
        await AddItemIdsAsync(database, response, output, cancellationToken);
        if (response.ConversationId is { } conversation && StoredJson.Status(response.Response) != "failed")
        {
            await AddTurnAsync(database, response.Tenant, conversation, StoredJson.Join([response.Input, output]), cancellationToken);
        }
    }

    public async Task<StoredResponse?> FindAsync(StoredKey key, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await Live(database).SingleOrDefaultAsync(row => row.Tenant == key.Tenant && row.Id == key.Id, cancellationToken) is { } row
            ? ToStored(row)
            : null;
    }

    public async Task<StoredItems?> HistoryAsync(StoredKey key, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var now = Now;
        var chain = await database.Responses.FromSql(
            $"""
            WITH RECURSIVE chain AS (
                SELECT r.*, 0 AS depth FROM responses r WHERE r."Tenant" = {key.Tenant} AND r."Id" = {key.Id} AND r."ExpiresAt" > {now}
                UNION ALL
                SELECT r.*, chain.depth + 1 FROM responses r
                JOIN chain ON r."Tenant" = chain."Tenant" AND r."Id" = chain."PreviousId"
                WHERE r."ExpiresAt" > {now}
            )
            SELECT * FROM chain ORDER BY depth DESC
            """).AsNoTracking().ToListAsync(cancellationToken);

        // The first of them has nothing before it; where it says otherwise, that has been deleted.
        return chain.Count > 0 && chain[0].PreviousId is null
            ? new StoredItems([.. chain.SelectMany(row => (byte[][])[row.Input, StoredJson.Output(row.Response)])])
            {
                IsRunning = await database.BackgroundResponses.AnyAsync(
                    row => row.Tenant == key.Tenant && row.ResponseId == key.Id && row.HeartbeatAt != null, cancellationToken),
            }
            : null;
    }

    public async Task<StoredItems?> FindItemsAsync(StoredItemsQuery query, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var ids = query.Ids.ToList();
        var responses = await database.ResponseItems.AsNoTracking()
            .Where(item => item.Tenant == query.Tenant && ids.Contains(item.Id))
            .Join(Live(database), item => new { item.Tenant, Id = item.ResponseId }, row => new { row.Tenant, row.Id }, (_, row) => row)
            .Distinct()
            .ToListAsync(cancellationToken);
        return new StoredItems([.. responses
            .SelectMany(row => StoredJson.Items(row.Input).Concat(StoredJson.Items(StoredJson.Output(row.Response))))
            .Where(item => item.Id is { } id && ids.Contains(id))
            .Select(item => StoredJson.Array(item.Json))]);
    }

    public async Task<StoredRemoval?> DeleteAsync(StoredKey key, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var count = await Live(database).Where(row => row.Tenant == key.Tenant && row.Id == key.Id).ExecuteDeleteAsync(cancellationToken);
        return new StoredRemoval(count > 0);
    }

    public async Task SaveConversationAsync(StoredConversation conversation, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        database.Conversations.Add(new ConversationRow
        {
            Tenant = conversation.Tenant,
            Id = conversation.Id,
            CreatedAt = conversation.CreatedAt,
            ExpiresAt = Expiry,
            Metadata = conversation.Metadata,
        });
        await database.SaveChangesAsync(cancellationToken);
    }

    public async Task<StoredConversation?> FindConversationAsync(StoredKey key, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await FindConversationAsync(database, key.Tenant, key.Id, cancellationToken) is { } row
            ? new StoredConversation(row.Tenant, row.Id, row.CreatedAt, row.Metadata)
            : null;
    }

    public async Task AddItemsAsync(ConversationItems items, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await AddTurnAsync(database, items.Tenant, items.ConversationId, items.Items, cancellationToken);
        await database.SaveChangesAsync(cancellationToken);
    }

    public async Task<StoredItems?> ConversationItemsAsync(StoredKey key, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await FindConversationAsync(database, key.Tenant, key.Id, cancellationToken) is null
            ? null
            : new StoredItems(await database.ConversationTurns.AsNoTracking()
                .Where(turn => turn.Tenant == key.Tenant && turn.ConversationId == key.Id)
                .OrderBy(turn => turn.Number)
                .Select(turn => turn.Items)
                .ToListAsync(cancellationToken));
    }

    public async Task<StoredRemoval?> DeleteConversationAsync(StoredKey key, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var count = await database.Conversations.Where(row => row.Tenant == key.Tenant && row.Id == key.Id).ExecuteDeleteAsync(cancellationToken);
        return new StoredRemoval(count > 0);
    }

    /// <summary>Deletes what has been kept for long enough, and returns how many responses and conversations that were.</summary>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var now = Now;
        return await database.Responses.Where(row => row.ExpiresAt <= now).ExecuteDeleteAsync(cancellationToken)
            + await database.Conversations.Where(row => row.ExpiresAt <= now).ExecuteDeleteAsync(cancellationToken);
    }

    private IQueryable<ResponseRow> Live(UsageDbContext database)
    {
        var now = Now;
        return database.Responses.AsNoTracking().Where(row => row.ExpiresAt > now);
    }

    private async Task<ConversationRow?> FindConversationAsync(UsageDbContext database, Guid tenant, string id, CancellationToken cancellationToken)
    {
        var now = Now;
        return await database.Conversations.SingleOrDefaultAsync(row => row.Tenant == tenant && row.Id == id && row.ExpiresAt > now, cancellationToken);
    }

    /// <summary>A conversation that was deleted meanwhile stays so.</summary>
    private async Task AddTurnAsync(UsageDbContext database, Guid tenant, string conversationId, byte[] items, CancellationToken cancellationToken)
    {
        if (await FindConversationAsync(database, tenant, conversationId, cancellationToken) is { } conversation)
        {
            conversation.ExpiresAt = Expiry;
            database.ConversationTurns.Add(new ConversationTurnRow { Tenant = tenant, ConversationId = conversationId, Items = items });
        }
    }

    private static async Task AddItemIdsAsync(UsageDbContext database, StoredResponse response, byte[] output, CancellationToken cancellationToken)
    {
        var ids = StoredJson.Items(output).Concat(StoredJson.Items(response.Input))
            .Select(item => item.Id)
            .Where(id => id is { Length: <= StoredRowsConfiguration.MaxIdLength })
            .Select(id => id!)
            .ToHashSet(StringComparer.Ordinal);
        var known = await database.ResponseItems.Where(item => item.Tenant == response.Tenant && ids.Contains(item.Id)).Select(item => item.Id)
            .ToListAsync(cancellationToken);
        ids.ExceptWith(known);
        database.ResponseItems.AddRange(ids.Select(id => new ItemRow { Tenant = response.Tenant, Id = id, ResponseId = response.Id }));
    }

    internal static StoredResponse ToStored(ResponseRow row) => new()
    {
        Tenant = row.Tenant,
        Id = row.Id,
        PreviousId = row.PreviousId,
        ConversationId = row.ConversationId,
        CreatedAt = row.CreatedAt,
        Response = row.Response,
        Input = row.Input,
    };
}
