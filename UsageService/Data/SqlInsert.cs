using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace UsageService.Data;

/// <param name="Type">Null lets the driver see by the value.</param>
internal sealed record SqlColumn<T>(string Name, DbType? Type, Func<T, object?> Value);

/// <summary>
/// Many rows into one table, within the transaction of a context, by one statement that is prepared once: SQLite looks each parameter up by
/// its name among all of a statement's, so statements of many rows are slow there; PostgreSQL gets all rows in one round trip.
/// </summary>
internal sealed class SqlInsert<T>(string table, IReadOnlyList<SqlColumn<T>> columns, string onConflict)
{
    private readonly string _text =
        $"""INSERT INTO "{table}" ({string.Join(", ", columns.Select(column => $"\"{column.Name}\""))}) """
        + $"VALUES ({string.Join(", ", columns.Select((_, index) => $"@p{index}"))}) ON CONFLICT {onConflict}";

    /// <summary>For each row, whether it was stored.</summary>
    public async Task<bool[]> RunAsync(DbContext database, IReadOnlyList<T> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
        {
            return [];
        }

        var connection = database.Database.GetDbConnection();
        var transaction = database.Database.CurrentTransaction?.GetDbTransaction();
        return connection.CanCreateBatch
            ? await RunBatchAsync(connection, transaction, rows, cancellationToken)
            : await RunOneByOneAsync(connection, transaction, rows, cancellationToken);
    }

    private async Task<bool[]> RunOneByOneAsync(
        DbConnection connection, DbTransaction? transaction, IReadOnlyList<T> rows, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = _text;
        AddParameters(command.Parameters, command.CreateParameter);
        await command.PrepareAsync(cancellationToken);
        var stored = new bool[rows.Count];
        for (var row = 0; row < rows.Count; row++)
        {
            Fill(command.Parameters, rows[row]);
            stored[row] = await command.ExecuteNonQueryAsync(cancellationToken) > 0;
        }

        return stored;
    }

    private async Task<bool[]> RunBatchAsync(
        DbConnection connection, DbTransaction? transaction, IReadOnlyList<T> rows, CancellationToken cancellationToken)
    {
        await using var batch = connection.CreateBatch();
        batch.Transaction = transaction;
        foreach (var row in rows)
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = _text;
            AddParameters(command.Parameters, command.CreateParameter);
            Fill(command.Parameters, row);
            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        return [.. batch.BatchCommands.Select(command => command.RecordsAffected > 0)];
    }

    private void AddParameters(DbParameterCollection parameters, Func<DbParameter> create)
    {
        for (var index = 0; index < columns.Count; index++)
        {
            var parameter = create();
            parameter.ParameterName = $"@p{index}";
            if (columns[index].Type is { } type)
            {
                parameter.DbType = type;
            }

            parameters.Add(parameter);
        }
    }

    private void Fill(DbParameterCollection parameters, T row)
    {
        for (var index = 0; index < columns.Count; index++)
        {
            parameters[index].Value = columns[index].Value(row) ?? DBNull.Value;
        }
    }
}
