using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace ServiceDefaults.Storage;

/// <param name="Type">Null lets the driver see by the value.</param>
public sealed record SqlColumn<T>(string Name, DbType? Type, Func<T, object?> Value);

/// <summary>
/// One statement, prepared once and run for each of many rows, within the transaction of a context: what is written for every call has no
/// time for EF Core's tracking. SQLite gets its values by their places, as the driver looks each one up by its name; PostgreSQL gets all rows
/// in one round trip.
/// </summary>
public sealed class SqlRows<T>
{
    private readonly string _text;
    private readonly IReadOnlyList<SqlColumn<T>> _columns;

    /// <param name="text">The values of a row are <c>@p0</c> and so on, in the order of the columns and each once.</param>
    public SqlRows(string text, IReadOnlyList<SqlColumn<T>> columns) => (_text, _columns) = (text, columns);

    /// <summary>Inserts rows.</summary>
    /// <param name="onConflict">What follows <c>ON CONFLICT</c>.</param>
    public SqlRows(string table, IReadOnlyList<SqlColumn<T>> columns, string onConflict)
        : this(
            $"""INSERT INTO "{table}" ({string.Join(", ", columns.Select(column => $"\"{column.Name}\""))}) """
            + $"VALUES ({string.Join(", ", columns.Select((_, index) => $"@p{index}"))}) ON CONFLICT {onConflict}",
            columns)
    {
    }

    /// <summary>For each row, whether it changed anything.</summary>
    public async Task<bool[]> RunAsync(DbContext database, IReadOnlyList<T> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
        {
            return [];
        }

        var connection = database.Database.GetDbConnection();
        return connection is SqliteConnection sqlite
            ? RunOneByOne(sqlite, rows)
            : await RunBatchAsync(connection, database.Database.CurrentTransaction?.GetDbTransaction(), rows, cancellationToken);
    }

    private bool[] RunOneByOne(SqliteConnection connection, IReadOnlyList<T> rows)
    {
        using var statement = new SqliteStatement(connection, _text);
        var changed = new bool[rows.Count];
        for (var row = 0; row < rows.Count; row++)
        {
            for (var place = 0; place < _columns.Count; place++)
            {
                statement.Bind(place, _columns[place].Value(rows[row]));
            }

            changed[row] = statement.Run() > 0;
        }

        return changed;
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
            for (var place = 0; place < _columns.Count; place++)
            {
                command.Parameters.Add(Parameter(command.CreateParameter(), place, row));
            }

            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        return [.. batch.BatchCommands.Select(command => command.RecordsAffected > 0)];
    }

    private DbParameter Parameter(DbParameter parameter, int place, T row)
    {
        parameter.ParameterName = $"@p{place}";
        if (_columns[place].Type is { } type)
        {
            parameter.DbType = type;
        }

        parameter.Value = _columns[place].Value(row) ?? DBNull.Value;
        return parameter;
    }
}
