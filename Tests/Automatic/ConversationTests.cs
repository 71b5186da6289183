using Gateway.Llm.Canonical;
using RoutingService.Automatic;
using Shouldly;
using Xunit;
using static Tests.Automatic.RouterScenario;

namespace Tests.Automatic;

public sealed class ConversationTests
{
    private const string Hard =
        "Write a short mystery story about a detective in a dystopian city. It must have exactly three characters, a plot twist, and vivid descriptions.";

    private static readonly LlmMessage System = new(LlmRole.System, "You are kind.");
    private static readonly LlmMessage First = new(LlmRole.User, Hard);
    private static readonly LlmMessage Answer = new(LlmRole.Assistant, "Shall I go on?");
    private static readonly LlmMessage Yes = new(LlmRole.User, "yes");

    [Fact]
    public async Task Tier_WhenConversationGoesOn_DoesNotFall()
    {
        await using var scenario = await StartStickyAsync();
        (await scenario.DecideAsync(Prompt(System, First))).Tier.ShouldBe(Tier.Complex);

        var second = await scenario.DecideAsync(Prompt(System, First, Answer, Yes));
        var third = await scenario.DecideAsync(Prompt(System, First, Answer, Yes, Answer, Yes));

        (second.Tier, second.RaisedBy.Single()).ShouldBe((Tier.Complex, "conversation"));
        third.Tier.ShouldBe(Tier.Complex);
    }

    [Fact]
    public async Task Tier_WhenToolsAreCalledInBetween_DoesNotFall()
    {
        await using var scenario = await StartStickyAsync();
        await scenario.DecideAsync(Prompt(First));
        var call = new LlmMessage(LlmRole.Assistant, [new ReasoningPart("left out by some clients"), new ToolCallPart("1", "f", "{}")]);
        var result = new LlmMessage(LlmRole.Tool, [new ToolResultPart("1", [new TextPart("42")])]);

        (await scenario.DecideAsync(Prompt(First, call, result))).Tier.ShouldBe(Tier.Complex);
        (await scenario.DecideAsync(Prompt(First, call, result, Answer, Yes))).Tier.ShouldBe(Tier.Complex);
    }

    [Fact]
    public async Task Tier_WhenItIsAnotherConversation_IsItsOwn()
    {
        await using var scenario = await StartStickyAsync();
        await scenario.DecideAsync(Prompt(System, First));

        (await scenario.DecideAsync(Prompt(System, Yes))).Tier.ShouldBe(Tier.Simple);
        (await scenario.DecideAsync(Prompt(new LlmMessage(LlmRole.System, "You are terse."), First, Answer, Yes))).Tier.ShouldBe(Tier.Simple);
    }

    [Fact]
    public async Task Tier_WhenItIsAnotherKeys_IsItsOwn()
    {
        await using var scenario = await StartStickyAsync();
        await scenario.DecideAsync(Prompt(System, First));

        (await scenario.DecideAsync(Prompt(System, First, Answer, Yes), key: Guid.NewGuid())).Tier.ShouldBe(Tier.Simple);
    }

    [Fact]
    public async Task Tier_WhenTheAliasDoesNotKeepIt_Falls()
    {
        await using var scenario = await StartAsync(server: null);
        (await scenario.DecideAsync(Prompt(System, First))).Tier.ShouldBe(Tier.Complex);

        (await scenario.DecideAsync(Prompt(System, First, Answer, Yes))).Tier.ShouldBe(Tier.Simple);
    }

    [Fact]
    public async Task Tier_WhenConversationRestedForLong_IsForgotten()
    {
        await using var scenario = await StartStickyAsync(("ConversationMinutes", "60"));
        await scenario.DecideAsync(Prompt(System, First));
        scenario.Clock.Advance(TimeSpan.FromMinutes(61));

        (await scenario.DecideAsync(Prompt(System, First, Answer, Yes))).Tier.ShouldBe(Tier.Simple);
    }

    private static async Task<RouterScenario> StartStickyAsync(params (string, string)[] settings)
    {
        var scenario = await StartAsync(server: null, settings: settings);
        scenario.Route = scenario.Route with { IsSticky = true };
        return scenario;
    }
}
