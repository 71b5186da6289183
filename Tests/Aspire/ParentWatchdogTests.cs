using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.Hosting;
using Shouldly;
using Xunit;

namespace Tests.Aspire;

public sealed class ParentWatchdogTests
{
    [Fact]
    public void AddParentWatchdog_WhenNoAppHostStartedTheService_AddsNothing()
        => new ServiceCollection().AddParentWatchdog().ShouldBeEmpty();
}
