using RoutingService.Health;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Health;

/// <summary>WB10: nobody waits for a list, and none is made up.</summary>
public sealed class ModelListTests
{
    [Fact]
    public async Task List_WhenNobodyHasAsked_IsMaybeUntilItIsThere()
    {
        await using var scene = await HealthScene.StartAsync(settings: ("Enabled", "false"));
        var lists = scene.Get<ModelLists>();
        scene.Adapter.Probe = Listing("one");

        lists.Serves("p", "one").ShouldBeNull();

        await TimeLimit.PollAsync("the list", _ => Task.FromResult(lists.Serves("p", "one") == true ? lists : null));
        lists.Serves("p", "two").ShouldBe(false);
        lists.Serves("nobody", "one").ShouldBeNull();
        scene.Adapter.Checks.ShouldBe(1);
    }

    [Fact]
    public async Task List_WhenItIsOld_IsUsedWhileItIsAskedForAgain()
    {
        await using var scene = await HealthScene.StartAsync(settings: ("Enabled", "false"));
        var lists = scene.Get<ModelLists>();
        lists.Learn(scene.Provider, Listing("one").Models);
        scene.Adapter.Probe = Listing("two");
        scene.Clock.Advance(TimeSpan.FromSeconds(299));
        lists.Serves("p", "one").ShouldBe(true);
        scene.Adapter.Checks.ShouldBe(0);

        scene.Clock.Advance(TimeSpan.FromSeconds(1));
        lists.Serves("p", "one").ShouldBe(true);

        await TimeLimit.PollAsync("the new list", _ => Task.FromResult(lists.Serves("p", "two") == true ? lists : null));
        lists.Serves("p", "one").ShouldBe(false);
    }

    [Fact]
    public async Task List_WhenItCannotBeHadAgain_IsMaybeAfterAnHourAndAskedForWithPauses()
    {
        await using var scene = await HealthScene.StartAsync(settings: ("Enabled", "false"));
        var lists = scene.Get<ModelLists>();
        lists.Learn(scene.Provider, Listing("one").Models);
        scene.Adapter.Probe = new ProviderProbe(ProbeOutcome.Failed, "gone");

        scene.Clock.Advance(TimeSpan.FromMinutes(30));
        lists.Serves("p", "one").ShouldBe(true);
        lists.Serves("p", "one").ShouldBe(true);
        await TimeLimit.PollAsync("a question", _ => Task.FromResult(scene.Adapter.Checks == 1 ? lists : null));

        scene.Clock.Advance(TimeSpan.FromMinutes(30));
        lists.Serves("p", "one").ShouldBeNull();
        await TimeLimit.PollAsync("another question", _ => Task.FromResult(scene.Adapter.Checks == 2 ? lists : null));
    }

    [Theory]
    [InlineData("claude-sonnet-4-5", true)]
    [InlineData("claude-sonnet-4-latest", false)]
    [InlineData("claude-haiku-latest", true)]
    [InlineData("llama3", true)]
    [InlineData("llama3:8b", true)]
    [InlineData("claude-sonnet", false)]
    [InlineData("tunedModels/mine", null)]
    [InlineData("one?tokens=3", true)]
    public async Task Name_WhenItIsNotListedAsItIs_IsComparedByItsStem(string model, bool? expected)
    {
        await using var scene = await HealthScene.StartAsync(settings: ("Enabled", "false"));
        var lists = scene.Get<ModelLists>();
        lists.Learn(scene.Provider, Listing("claude-sonnet-4-5-20250929", "claude-haiku-20250101", "llama3:8b", "one").Models);

        lists.Serves("p", model).ShouldBe(expected);
    }

    private static ProviderProbe Listing(params string[] models) => new(ProbeOutcome.Well) { Models = models.ToHashSet() };
}
