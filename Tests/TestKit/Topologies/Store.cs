namespace Tests.TestKit.Topologies;

/// <summary>Where a whole gateway keeps what it knows.</summary>
public enum Store
{
    /// <summary>Files in its data directory.</summary>
    Sqlite,

    /// <summary>Databases of its own on the tests' server.</summary>
    Postgres,
}

public static class Stores
{
    /// <summary>The databases of a gateway, one for each service that has one.</summary>
    private static readonly string[] Databases = ["keys", "routing", "usage"];

    public static IReadOnlyList<Store> All { get; } = [Store.Sqlite, Store.Postgres];

    /// <summary>Connection strings by database, as configuration names them; none for files. Skips the test where there is no PostgreSQL.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> CreateAsync(Store store)
    {
        var connectionStrings = new Dictionary<string, string>();
        if (store == Store.Postgres)
        {
            foreach (var database in Databases)
            {
                connectionStrings.Add($"ConnectionStrings:{database}", await PostgresServer.CreateDatabaseAsync());
            }
        }

        return connectionStrings;
    }
}
