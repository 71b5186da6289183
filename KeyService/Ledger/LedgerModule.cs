using Gateway.Contracts.Keys;
using KeyService.Data;
using KeyService.Ledger.Core;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace KeyService.Ledger;

internal static class LedgerModule
{
    public static void AddLedger(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<LedgerOptions>().BindConfiguration(LedgerOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<LedgerOptions>, LedgerOptionsValidator>();
        builder.Services.AddSingleton<ILedgerClock, LedgerClock>();
        builder.Services.AddSingleton<LedgerCore>();
        builder.Services.AddSingleton<LedgerStore>();
        builder.Services.AddSingleton<LedgerWrites>();
        builder.Services.AddSingleton(LockOf);
        builder.Services.AddSingleton<LedgerDuty>();
        builder.Services.AddHostedService(services => services.GetRequiredService<LedgerDuty>());
        builder.Services.AddSingleton<IKeyLedger, KeyLedger>();
        builder.Services.AddHealthChecks().AddCheck<LedgerHealthCheck>("ledger");
    }

    private static ILedgerLock LockOf(IServiceProvider services)
    {
        using var database = services.GetRequiredService<IDbContextFactory<KeyDbContext>>().CreateDbContext();
        var connectionString = database.Database.GetConnectionString()!;
        return database.Database.IsSqlite()
            ? new FileLock(Path.GetFullPath(new SqliteConnectionStringBuilder(connectionString).DataSource) + ".lock")
            : new PostgresLock(connectionString);
    }
}
