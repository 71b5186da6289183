using Xunit;

namespace Tests.Crashes;

public sealed class EdgeKillTests : KillRoundsTest
{
    [Fact]
    public Task Books_WhenTheEdgeIsKilledInABurst_AreExact() => RunAsync(ServiceSet.Edge, Rounds);
}
