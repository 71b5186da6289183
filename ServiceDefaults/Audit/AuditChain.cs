using Gateway.Contracts.Audit;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Storage;

namespace ServiceDefaults.Audit;

/// <summary>
/// The audit log of one database: each row seals the one before it. Whoever adds a row locks the head first, and so the rows are one behind the
/// other, however many processes there are.
/// </summary>
public sealed class AuditChain(
    string name, Type contextType, Func<CancellationToken, Task<DbContext>> open, AuditKeys keys, TimeProvider timeProvider)
{
    private const int HeadId = 1;

    public string Name => name;

    public AuditKeys Keys => keys;

    internal Type ContextType => contextType;

    internal AuditSealer Sealer { get; } = new(keys, name);

    internal AuditTail Tail { get; } = new(timeProvider);

    /// <summary>In a transaction of its own: for what changes nothing in the database.</summary>
    public async Task RecordAsync(AuditEvent happened, CancellationToken cancellationToken)
    {
        AuditScope.Leave();
        await using var database = await open(cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var head = await LockAsync(database, cancellationToken);
        var seq = await AppendAsync(database, head, happened, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Tail.Grown(seq);
    }

    internal Task<DbContext> OpenAsync(CancellationToken cancellationToken) => open(cancellationToken);

    /// <summary>In the transaction of <paramref name="database"/>; nobody else adds a row until its end.</summary>
    internal static async Task<AuditHead> LockAsync(DbContext database, CancellationToken cancellationToken)
        => (await database.Set<AuditHead>()
            .FromSql(
                $"""
                INSERT INTO audit_head (id, seq, mac, copied_seq) VALUES ({HeadId}, 0, {AuditSealer.Start}, 0)
                ON CONFLICT (id) DO UPDATE SET seq = audit_head.seq
                RETURNING id, seq, mac, copied_seq
                """)
            .AsNoTracking()
            .ToListAsync(cancellationToken)).Single();

    /// <summary>Its number in the chain.</summary>
    internal async Task<long> AppendAsync(DbContext database, AuditHead head, AuditEvent happened, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetStoredNow();
        var row = AuditRow.From(happened, head.Seq + 1, Guid.CreateVersion7(new DateTimeOffset(now)), now, Sealer.KeyId, head.Mac);
        row.Mac = Sealer.Seal(row);
        await database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO audit_chain (seq, id, created_at, actor, actor_key, source, client, action, resource_type, resource_id, request_id,
                status_code, changes, key_id, previous, mac)
            VALUES ({row.Seq}, {row.Id}, {row.CreatedAt}, {row.Actor}, {row.ActorKey}, {row.Source}, {row.Client}, {row.Action}, {row.ResourceType},
                {row.ResourceId}, {row.RequestId}, {row.StatusCode}, {row.Changes}, {row.KeyId}, {row.Previous}, {row.Mac})
            """,
            cancellationToken);
        await database.Database.ExecuteSqlAsync($"UPDATE audit_head SET seq = {row.Seq}, mac = {row.Mac} WHERE id = {HeadId}", cancellationToken);
        return row.Seq;
    }
}
