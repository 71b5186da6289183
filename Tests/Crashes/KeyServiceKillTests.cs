using Tests.TestKit;
using Xunit;

namespace Tests.Crashes;

public sealed class KeyServiceKillTests : KillRoundsTest
{
    [Fact]
    public Task Books_WhenKeyServiceIsKilledInABurst_AreExact() => RunAsync(ServiceSet.Keys, Rounds);

    [Fact]
    public async Task Books_WhenKeyServiceOnPostgresIsKilledInABurst_AreExact()
        => await RunAsync(ServiceSet.Keys, PostgresRounds, new() { ["keys"] = await PostgresServer.CreateDatabaseAsync() });
}
