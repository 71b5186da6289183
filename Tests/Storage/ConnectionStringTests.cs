using ServiceDefaults.Storage;
using Shouldly;
using Xunit;

namespace Tests.Storage;

public sealed class ConnectionStringTests
{
    [Theory]
    [InlineData("Data Source=gateway.db", true, false)]
    [InlineData("DataSource=:memory:", true, false)]
    [InlineData("Filename=x", true, false)]
    [InlineData("Host=db;Database=keys", false, true)]
    [InlineData("server=db;Port=5432", false, true)]
    [InlineData("Host=db;Password='a;Data Source=b'", false, true)]
    [InlineData("gateway.db", false, false)]
    [InlineData("", false, false)]
    [InlineData("mongodb://localhost", false, false)]
    public void Kind_WhenOfAConnectionString_IsToldByItsKeywords(string connectionString, bool isSqlite, bool isPostgres)
    {
        ConnectionStrings.IsSqlite(connectionString).ShouldBe(isSqlite);
        ConnectionStrings.IsPostgres(connectionString).ShouldBe(isPostgres);
    }
}
