using Shouldly;
using Xunit;

namespace Tests.Aspire;

public sealed class HostProcessTests
{
    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task AppHost_WhenAskedToStop_StopsAllAndExitsWithZero(string signal)
    {
        using var host = await HostProcess.StartAsync();

        await host.SignalAsync(signal);

        (await host.WaitForExitAsync()).ShouldBe(0);
        await host.WaitUntilNothingIsLeftAsync();
    }

    [Fact]
    public async Task AppHost_WhenKilled_LeavesNothingBehind()
    {
        using var host = await HostProcess.StartAsync();

        await host.SignalAsync("KILL");

        (await host.WaitForExitAsync()).ShouldNotBe(0);
        await host.WaitUntilNothingIsLeftAsync();
    }
}
