using System.Data.Common;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace KeyService.Ledger;

/// <summary>One statement over many rows, in words that SQLite and PostgreSQL share: <c>VALUES (…), (…)</c> between a head and a tail.</summary>
internal static class SqlRows
{
    /// <summary>Ten parameters each stay far below SQLite's 32766 and PostgreSQL's 65535.</summary>
    private const int MaxRows = 500;

    /// <summary>Runs the statement over all rows; gives the first column of what it returns.</summary>
    public static async Task<List<Guid>> RunAsync<T>(
        DbContext database, IReadOnlyList<T> rows, Func<T, object?[]> values, string head, string tail, CancellationToken cancellationToken)
    {
        var returned = new List<Guid>();
        foreach (var chunk in rows.Chunk(MaxRows))
        {
            await using var command = database.Database.GetDbConnection().CreateCommand();
            command.Transaction = database.Database.CurrentTransaction?.GetDbTransaction();
            command.CommandText = Text(command, chunk, values, head, tail);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                returned.Add(reader.GetGuid(0));
            }
        }

        return returned;
    }

    private static string Text<T>(DbCommand command, T[] rows, Func<T, object?[]> values, string head, string tail)
    {
        var text = new StringBuilder(head);
        foreach (var row in rows)
        {
            text.Append(text.Length == head.Length ? " (" : ", (");
            var first = true;
            foreach (var value in values(row))
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = $"@p{command.Parameters.Count}";
                parameter.Value = value ?? DBNull.Value;
                command.Parameters.Add(parameter);
                text.Append(first ? "" : ", ").Append(parameter.ParameterName);
                first = false;
            }

            text.Append(')');
        }

        return text.Append(' ').Append(tail).ToString();
    }
}
