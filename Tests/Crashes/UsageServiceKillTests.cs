using Tests.TestKit;
using Xunit;

namespace Tests.Crashes;

public sealed class UsageServiceKillTests : KillRoundsTest
{
    [Fact]
    public Task Books_WhenUsageServiceIsKilledInABurst_AreExact() => RunAsync(ServiceSet.Usage, Rounds);

    [Fact]
    public async Task Books_WhenUsageServiceOnPostgresIsKilledInABurst_AreExact()
        => await RunAsync(ServiceSet.Usage, PostgresRounds, new() { ["usage"] = await PostgresServer.CreateDatabaseAsync() });
}
