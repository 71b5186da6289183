using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ServiceDefaults.Storage;

/// <summary>
/// A larger write-ahead log than SQLite's own of 1,000 pages: a page that many transactions change, such as the end of an index, is copied into
/// the database once for all of them, and the disk is waited for less often.
/// </summary>
internal sealed class SqliteCheckpoints : DbConnectionInterceptor
{
    public static readonly SqliteCheckpoints Instance = new();

    private const string Statement = "PRAGMA wal_autocheckpoint = 4000";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Statement;
        command.ExecuteNonQuery();
    }

    public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = Statement;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
