using Xunit;

namespace Tests.TestKit;

/// <summary>The databases that every storage test runs on; as a class fixture, one fresh database of each kind for the class.</summary>
public sealed class Databases : IAsyncDisposable
{
    public const string Sqlite = "sqlite";
    public const string Postgres = "postgres";

    private readonly Dictionary<string, string> _connectionStrings = [];
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gateway-tests-");

    public static TheoryData<string> All { get; } = new(Sqlite, Postgres);

    /// <summary>Where the SQLite file is.</summary>
    public string Folder => _directory.FullName;

    /// <summary>Always the same one for a kind; skips the test where that kind is missing.</summary>
    public async Task<string> ConnectionStringAsync(string kind)
    {
        if (!_connectionStrings.TryGetValue(kind, out var connectionString))
        {
            connectionString = await CreateAsync(kind, Path.Combine(Folder, "test.db"));
            _connectionStrings.Add(kind, connectionString);
        }

        return connectionString;
    }

    public ValueTask DisposeAsync()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _directory.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private static async Task<string> CreateAsync(string kind, string file)
        => kind == Sqlite ? $"Data Source={file}" : await PostgresServer.CreateDatabaseAsync();
}
