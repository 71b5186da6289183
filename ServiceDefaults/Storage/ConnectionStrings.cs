using System.Data.Common;

namespace ServiceDefaults.Storage;

/// <summary>Tells the two databases apart by what their connection strings must have.</summary>
public static class ConnectionStrings
{
    public static bool IsSqlite(string connectionString) => Has(connectionString, "Data Source", "DataSource", "Filename");

    public static bool IsPostgres(string connectionString) => Has(connectionString, "Host", "Server");

    private static bool Has(string connectionString, params ReadOnlySpan<string> keywords)
    {
        try
        {
            var builder = new DbConnectionStringBuilder { ConnectionString = connectionString };
            foreach (var keyword in keywords)
            {
                if (builder.ContainsKey(keyword))
                {
                    return true;
                }
            }
        }
        catch (ArgumentException)
        {
            // Not a connection string at all: neither.
        }

        return false;
    }
}
