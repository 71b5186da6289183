using Xunit;

namespace Tests.Crashes;

public sealed class RoutingServiceKillTests : KillRoundsTest
{
    [Fact]
    public Task Books_WhenRoutingServiceIsKilledInABurst_AreExact() => RunAsync(ServiceSet.Routing, Rounds);
}
