using System.Text;
using RoutingService.Automatic;
using Shouldly;
using Tests.Corpora;
using Xunit;

namespace Tests.Automatic;

public sealed class RouteFieldsTests
{
    private const string TierFields = "\"tiers\": {\"simple\": \"a\", \"medium\": \"b\", \"complex\": \"c\"}";

    [Fact]
    public void Configuration_WhenOnlyTiersAreGiven_HasTheDefaults()
    {
        var route = RouterScenario.Parse($"{{{TierFields}}}");

        route.Policy.ShouldBe(RoutingPolicy.Score);
        route.Tiers.ShouldBe(new TierModels("a", "b", "c"));
        route.Thresholds.ShouldBe(new ScoreThresholds(0.25m, 0.45m));
        route.TokenThresholds.ShouldBe(new TokenThresholds(200, 1000));
        route.Raise.ShouldBe(new RaiseRules());
        route.IsSticky.ShouldBeFalse();
        route.ModelReferences.ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public void Configuration_WhenAllIsGiven_IsRead()
    {
        var route = RouterScenario.Parse($$$"""
            { {{{TierFields}}}, "policy": "score", "thresholds": {"medium": 0.3}, "token_thresholds": {"simple": 10, "medium": 20},
              "task_types": {"Open QA": "simple"}, "raise": {"tools": null, "images": "complex", "context_tokens": {"medium": 100} }, "sticky": true}
            """);

        route.Thresholds.ShouldBe(new ScoreThresholds(0.3m, 0.45m));
        route.TokenThresholds.ShouldBe(new TokenThresholds(10, 20));
        route.TaskTypes["Open QA"].ShouldBe(Tier.Simple);
        route.Raise.ShouldBe(new RaiseRules { Tools = null, Images = Tier.Complex, MediumContextTokens = 100, ComplexContextTokens = 32_000 });
        route.IsSticky.ShouldBeTrue();
    }

    [Fact]
    public void Configuration_WhenRaiseIsNull_RaisesNothing()
        => RouterScenario.Parse($"{{{TierFields}, \"raise\": null}}").Raise.ShouldBe(RaiseRules.None);

    [Theory]
    [InlineData("""{}""", "tiers")]
    [InlineData("""{"tiers": {"simple": "a"}}""", "tiers.medium", "tiers.complex")]
    [InlineData("""{"tiers": {"simple": "", "medium": 1, "complex": "c"}}""", "tiers.simple", "tiers.medium")]
    [InlineData("""{"tiers": "a"}""", "tiers")]
    [InlineData("""{"tiers": null}""", "tiers")]
    [InlineData("""{TIERS, "policy": "best"}""", "policy")]
    [InlineData("""{TIERS, "colour": 1}""", "colour")]
    [InlineData("""{TIERS, "thresholds": {"medium": 0.5, "complex": 0.4}}""", "thresholds")]
    [InlineData("""{TIERS, "thresholds": {"medium": -1, "complex": "x", "simple": 1}}""", "thresholds.medium", "thresholds.complex", "thresholds.simple")]
    [InlineData("""{TIERS, "token_thresholds": {"simple": 2000}}""", "token_thresholds")]
    [InlineData("""{TIERS, "task_types": {"Coding": "complex", "Open QA": "hard"}}""", "task_types.Coding", "task_types.Open QA")]
    [InlineData("""{TIERS, "raise": {"tools": "hard", "context_tokens": {"medium": 9, "complex": 8}}}""", "raise.tools", "raise.context_tokens")]
    [InlineData("""{TIERS, "sticky": "yes"}""", "sticky")]
    [InlineData("""{TIERS, "labels": [{"label": "a", "model": "b"}]}""", "labels")]
    [InlineData("""{TIERS, "classifier_model": "m"}""", "classifier_model")]
    [InlineData("""{"policy": "arg_max"}""", "classifier_model", "labels")]
    [InlineData("""{"policy": "arg_max", "classifier_model": "m", "labels": []}""", "labels")]
    [InlineData("""{"policy": "arg_max", "classifier_model": "m", "labels": [{"label": "a"}]}""", "labels[0].model")]
    [InlineData("""{"policy": "arg_max", "classifier_model": "m", "labels": [{"label": "a b", "model": "x"}, {"label": "A-B", "model": "y"}]}""", "labels")]
    [InlineData("""{"policy": "arg_max", "classifier_model": "m", "sticky": true, "labels": [{"label": "a", "model": "b"}]}""", "sticky")]
    [InlineData("""[]""", "")]
    public void Configuration_WhenFieldsAreWrong_NamesEachOfThem(string json, params string[] wrong)
    {
        AutomaticRouteFields.TryParse(Encoding.UTF8.GetBytes(json.Replace("TIERS", TierFields, StringComparison.Ordinal)), out _, out var faults).ShouldBeFalse();

        faults.Keys.Order(StringComparer.Ordinal).ShouldBe(wrong.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Configuration_WhenItIsHostile_IsRefused()
    {
        foreach (var (name, bytes) in CorpusLibrary.JsonFiles())
        {
            AutomaticRouteFields.TryParse(bytes, out _, out var faults).ShouldBeFalse(name);
            faults.ShouldNotBeEmpty(name);
        }
    }
}
