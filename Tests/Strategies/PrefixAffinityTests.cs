using RoutingService.Strategies;
using RoutingService.Targets;
using Shouldly;
using Xunit;

namespace Tests.Strategies;

public sealed class PrefixAffinityTests
{
    private readonly StrategyGroup _group = new();
    private readonly PrefixAffinity _strategy = new();

    [Fact]
    public void PrefixAffinity_WhenAConversationGoesOn_StaysWhereItWas()
    {
        Add("a", "b", "c", "d");

        for (var conversation = 0; conversation < 50; conversation++)
        {
            var first = Pick(Begun(conversation));
            Pick(Begun(conversation).Replace("]}", """,{"role":"assistant","content":"hm"},{"role":"user","content":"and then?"}]}""", StringComparison.Ordinal))
                .ShouldBe(first);
        }
    }

    [Fact]
    public void PrefixAffinity_SharesConversationsByWeight()
    {
        _group.Add("a", weight: 3);
        _group.Add("b", weight: 1);

        Where(2000).Count(pick => pick == "a").ShouldBeInRange(1440, 1560);
    }

    [Fact]
    public void PrefixAffinity_WhenOneLeavesAndReturns_OnlyItsConversationsMove()
    {
        Add("a", "b", "c", "d");
        var before = Where(1000);
        _group.Out.Add("b");
        var meanwhile = Where(1000);
        _group.Out.Clear();
        var after = Where(1000);

        foreach (var (was, now) in before.Zip(meanwhile))
        {
            (was == "b" ? now != "b" : now == was).ShouldBeTrue();
        }

        // They spread over all that are left.
        before.Zip(meanwhile).Where(pair => pair.First == "b").Select(pair => pair.Second).Distinct().Count().ShouldBe(3);
        after.ShouldBe(before);
    }

    [Fact]
    public void PrefixAffinity_WhenTheFavouriteRunsTooMuch_PassesToTheSameNext()
    {
        Add("a", "b", "c");
        var favourite = Pick(Begun(1))!;
        _group.Out.Add(favourite);
        var next = Pick(Begun(1))!;
        _group.Out.Clear();

        _group.Run(favourite, 3);
        Pick(Begun(1)).ShouldBe(favourite);
        _group.Run(favourite, 1);
        Pick(Begun(1)).ShouldBe(next);

        // As busy as all the others, it is no longer too busy.
        Array.ForEach(["a", "b", "c"], id => _group.Run(id, id == favourite ? 6 : 10));
        Pick(Begun(1)).ShouldBe(favourite);
    }

    [Fact]
    public void PrefixAffinity_WhenOneWeighsMore_MayRunMore()
    {
        _group.Add("a", weight: 9);
        _group.Add("b", weight: 1);
        _group.Run("a", 18);
        _group.Run("b", 2);

        Where(500).Count(pick => pick == "a").ShouldBeInRange(420, 480);
    }

    [Fact]
    public void PrefixAffinity_WhenThereIsNoConversation_TakesTurns()
    {
        _group.Add("a", weight: 3);
        _group.Add("b", weight: 1);
        _group.Body = """{"model":"m"}""";

        _group.Picks(_strategy, 40).Count(pick => pick == "a").ShouldBe(30);
    }

    [Fact]
    public void StableHash_IsTheSameInEveryProcess() => StableHash.Of("openai/gpt-4o-mini").ShouldBe(HashOfAnotherProcess);

    private const ulong HashOfAnotherProcess = 11463636511093239702;

    private static string Begun(int conversation)
        => $$"""{"model":"m","messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"Conversation {{conversation}}"}]}""";

    private string?[] Where(int conversations) => [.. Enumerable.Range(0, conversations).Select(conversation => Pick(Begun(conversation)))];

    private string? Pick(string body)
    {
        _group.Body = body;
        return _group.Pick(_strategy);
    }

    private void Add(params string[] ids) => Array.ForEach(ids, id => _group.Add(id));
}
