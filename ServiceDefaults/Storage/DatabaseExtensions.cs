using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ServiceDefaults.Audit;
using ServiceDefaults.Changes;
using ServiceDefaults.Settings;

namespace ServiceDefaults.Storage;

public static class DatabaseExtensions
{
    /// <summary>
    /// Registers <see cref="IDbContextFactory{TContext}"/> for the database <paramref name="name"/>: PostgreSQL or SQLite by its connection
    /// string, a SQLite file in the data directory without one. The schema is brought up to date before the service starts.
    /// </summary>
    /// <typeparam name="TContext">The model, the same for both.</typeparam>
    /// <typeparam name="TSqlite">Holds the migrations for SQLite.</typeparam>
    /// <typeparam name="TPostgres">Holds the migrations for PostgreSQL.</typeparam>
    public static void AddDatabase<TContext, TSqlite, TPostgres>(this IHostApplicationBuilder builder, string name)
        where TContext : DbContext
        where TSqlite : TContext
        where TPostgres : TContext
    {
        var connectionString = builder.Configuration.GetConnectionString(name);
        if (string.IsNullOrEmpty(connectionString))
        {
            connectionString = $"Data Source={Path.Combine(DataDirectory.Resolve(builder.Configuration), name + ".db")}";
        }

        if (ConnectionStrings.IsSqlite(connectionString))
        {
            // Its default is a matter of how the library was compiled, and ours is not always the same one.
            connectionString = new SqliteConnectionStringBuilder(connectionString) { ForeignKeys = true }.ConnectionString;
            builder.Services.AddPooledDbContextFactory<TSqlite>(options => options
                .UseSqlite(connectionString)
                .AddInterceptors(VersionInterceptor.Instance, AuditInterceptor.Instance, SqliteCheckpoints.Instance)
                // It warns that foreign keys are switched off outside of the transaction that rebuilds a table, which SQLite has no other way for.
                .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.NonTransactionalMigrationOperationWarning)));
            builder.Services.AddSingleton<IDbContextFactory<TContext>, DerivedContextFactory<TContext, TSqlite>>();
        }
        else if (ConnectionStrings.IsPostgres(connectionString))
        {
            builder.Services.AddPooledDbContextFactory<TPostgres>(options => options.UseNpgsql(connectionString).AddInterceptors(VersionInterceptor.Instance, AuditInterceptor.Instance));
            builder.Services.AddSingleton<IDbContextFactory<TContext>, DerivedContextFactory<TContext, TPostgres>>();
        }
        else
        {
            throw new SettingsException($"ConnectionStrings__{name} is neither SQLite (Data Source=…) nor PostgreSQL (Host=…).");
        }

        builder.Services.AddHostedService<DatabaseMigration<TContext>>();
        builder.Services.AddHealthChecks().AddCheck<DatabaseHealthCheck<TContext>>($"database-{name}");
    }

    private sealed class DerivedContextFactory<TContext, TDerived>(IDbContextFactory<TDerived> factory) : IDbContextFactory<TContext>
        where TContext : DbContext
        where TDerived : TContext
    {
        public TContext CreateDbContext() => factory.CreateDbContext();
    }
}
