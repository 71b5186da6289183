using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ServiceDefaults.Storage;

/// <summary>
/// A prepared statement of SQLite whose values are bound by their places. Values are written as Microsoft.Data.Sqlite writes them: it, and EF
/// Core over it, read them.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    /// <summary>By reflection: the driver is compiled against another version of this library than the one that may be here (see SqliteLibrary.cs).</summary>
    private static readonly Func<SqliteConnection, sqlite3?> HandleOf =
        typeof(SqliteConnection).GetProperty("Handle")!.GetMethod!.CreateDelegate<Func<SqliteConnection, sqlite3?>>();

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public SqliteStatement(SqliteConnection connection, string text)
    {
        _database = HandleOf(connection) ?? throw new InvalidOperationException("The connection is not open.");
        Check(raw.sqlite3_prepare_v2(_database, text, out _statement));
    }

    /// <param name="place">From zero.</param>
    /// <param name="value">Null, or of a type that a column of ours has.</param>
    public void Bind(int place, object? value) => Check(value switch
    {
        null => raw.sqlite3_bind_null(_statement, place + 1),
        string text => raw.sqlite3_bind_text(_statement, place + 1, text),
        long number => raw.sqlite3_bind_int64(_statement, place + 1, number),
        int number => raw.sqlite3_bind_int64(_statement, place + 1, number),
        bool flag => raw.sqlite3_bind_int64(_statement, place + 1, flag ? 1 : 0),
        double number => raw.sqlite3_bind_double(_statement, place + 1, number),
        Guid id => BindText(place + 1, id),
        DateTime time => BindText(place + 1, time),
        DateOnly day => raw.sqlite3_bind_text(_statement, place + 1, day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        byte[] bytes => raw.sqlite3_bind_blob(_statement, place + 1, bytes),
        _ => throw new ArgumentException($"A {value.GetType().Name} is in no column.", nameof(value)),
    });

    /// <summary>How many rows it changed.</summary>
    public int Run()
    {
        var result = raw.sqlite3_step(_statement);
        var changes = result == raw.SQLITE_DONE ? raw.sqlite3_changes(_database) : 0;
        var reset = raw.sqlite3_reset(_statement);
        Check(result is raw.SQLITE_DONE or raw.SQLITE_ROW ? reset : result);
        return changes;
    }

    public void Dispose() => _statement.Dispose();

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            throw new SqliteException(raw.sqlite3_errmsg(_database).utf8_to_string(), result & 0xFF, result);
        }
    }

    private int BindText(int place, Guid id)
    {
        Span<char> letters = stackalloc char[36];
        Span<byte> text = stackalloc byte[36];
        id.TryFormat(letters, out _);
        System.Text.Ascii.ToUpper(letters, text, out _);
        return raw.sqlite3_bind_text(_statement, place, text);
    }

    private int BindText(int place, DateTime time)
    {
        Span<byte> text = stackalloc byte[27];
        time.TryFormat(text, out var length, "yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture);
        return raw.sqlite3_bind_text(_statement, place, text[..length]);
    }
}
