using Microsoft.Extensions.Options;
using RoutingService.Automatic;
using Shouldly;
using Tests.Compat;
using Xunit;

namespace Tests.Automatic;

public sealed class ClassifierPartsTests
{
    [Fact]
    public void Cache_WhenItIsFull_KeepsTheLatestHalf()
    {
        var cache = new ExpiringCache<int, string>(10, TimeSpan.FromMinutes(1), new ManualClock());
        for (var i = 0; i < 1000; i++)
        {
            cache.Set(i, $"{i}");
            cache.Count.ShouldBeLessThanOrEqualTo(10);
        }

        Enumerable.Range(995, 5).All(key => cache.TryGet(key, out _)).ShouldBeTrue();
        cache.TryGet(900, out _).ShouldBeFalse();
    }

    [Fact]
    public void Cache_WhenItMayKeepNothing_KeepsNothing()
    {
        var cache = new ExpiringCache<int, string>(0, TimeSpan.FromMinutes(1), new ManualClock());
        cache.Set(1, "one");

        cache.TryGet(1, out _).ShouldBeFalse();
    }

    [Fact]
    public void Breaker_WhenFailuresAreNotInARow_StaysClosed()
    {
        var breaker = new ClassifierBreaker(2, TimeSpan.FromSeconds(10), new ManualClock());
        for (var i = 0; i < 10; i++)
        {
            breaker.TryEnter().ShouldBeTrue();
            breaker.Fail();
            breaker.TryEnter().ShouldBeTrue();
            breaker.Succeed();
        }
    }

    [Fact]
    public void Breaker_WhenTheCallThatTriesIsAbandoned_LetsAnotherTry()
    {
        var clock = new ManualClock();
        var breaker = new ClassifierBreaker(1, TimeSpan.FromSeconds(10), clock);
        breaker.TryEnter();
        breaker.Fail().ShouldBeTrue();
        breaker.TryEnter().ShouldBeFalse();

        clock.Advance(TimeSpan.FromSeconds(10));
        breaker.TryEnter().ShouldBeTrue();
        breaker.TryEnter().ShouldBeFalse();
        breaker.Abandon();
        breaker.TryEnter().ShouldBeTrue();
        breaker.Succeed().ShouldBeTrue();
        breaker.TryEnter().ShouldBeTrue();
    }

    [Theory]
    [InlineData("Url", "triton:8000")]
    [InlineData("Url", "ftp://triton")]
    [InlineData("Url", "http://user:password@triton:8000")]
    [InlineData("Url", "relative")]
    [InlineData("Model", "../admin")]
    [InlineData("TimeoutMs", "0")]
    [InlineData("Labels:router:0", " ")]
    [InlineData("InputName", "")]
    public async Task Options_WhenTheyAreWrong_StopTheStart(string name, string value)
        => (await Should.ThrowAsync<OptionsValidationException>(() => RouterScenario.StartAsync(server: null, settings: (name, value))))
            .Message.ShouldContain(name.Split(':')[0]);

    [Theory]
    [InlineData(null)]
    [InlineData("http://localhost:8000")]
    [InlineData("http+https://triton/base/")]
    public async Task Options_WhenTheyAreRight_Start(string? url)
    {
        await using var scenario = await RouterScenario.StartAsync(server: null, settings: url is null ? [] : [("Url", url)]);
        scenario.Router.ShouldNotBeNull();
    }
}
