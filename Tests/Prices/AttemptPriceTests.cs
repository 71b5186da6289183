using System.Text;
using Gateway.Contracts;
using Gateway.Contracts.Usage;
using Gateway.Llm.ChatCompletions;
using Gateway.Llm.Messages;
using Gateway.Llm.Responses;
using RoutingService.Providers;
using Shouldly;
using Tests.Routes;
using Xunit;

namespace Tests.Prices;

/// <summary>What an attempt's record says of its price.</summary>
public sealed class AttemptPriceTests : IDisposable
{
    private readonly RouteScene _scene = new RouteScene().Providers("p1");

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData("standard", null)]
    [InlineData(null, null)]
    [InlineData("priority", "priority")]
    public async Task Record_NamesTheRowAndTheTier(string? told, string? recorded)
    {
        _scene.Price("p1", "m", 2);
        Answers(told);

        var attempt = (await _scene.CallAsync("p1/m")).End.Attempts.ShouldHaveSingleItem();

        attempt.Cost.ShouldBe(new NanoUsd(1000 * 2000));
        attempt.PriceRow.ShouldBe("p1/m");
        attempt.ServiceTier.ShouldBe(recorded);
    }

    [Fact]
    public async Task Record_WhenNobodyKnowsThePrice_HasNoCostAndNoRow()
    {
        _scene.Price("p1", "other", 2);
        Answers(tier: null);

        var attempt = (await _scene.CallAsync("p1/m")).End.Attempts.ShouldHaveSingleItem();

        attempt.Cost.ShouldBeNull();
        attempt.PriceRow.ShouldBeNull();
        attempt.Usage.Input.ShouldBe(1000);
    }

    [Theory]
    [InlineData("\"flex\"", "flex")]
    [InlineData("\"Priority\"", "priority")]
    [InlineData("\"default\"", null)]
    [InlineData("\"auto\"", null)]
    [InlineData("\"standard_only\"", null)]
    [InlineData("null", null)]
    [InlineData("{\"a\":\"flex\"}", null)]
    [InlineData("\"a tier with blanks\"", null)]
    public void Scan_OfARequest_FindsTheTierThatIsAskedFor(string json, string? expected)
    {
        var tier = $"\"model\":\"m\",\"service_tier\":{json}";

        ChatRequestScanner.Scan(Encoding.UTF8.GetBytes($$"""{{{tier}},"messages":[]}""")).ServiceTier.ShouldBe(expected);
        MessagesRequestScanner.Scan(Encoding.UTF8.GetBytes($$"""{{{tier}},"max_tokens":1,"messages":[]}""")).ServiceTier.ShouldBe(expected);
        ResponsesRequestScanner.Scan(Encoding.UTF8.GetBytes($$"""{{{tier}},"input":""}""")).ServiceTier.ShouldBe(expected);
    }

    private void Answers(string? tier) => _scene.Adapter.Answer = (_, _) => Task.FromResult<ProviderAnswer>(new WholeAnswer(
        Encoding.UTF8.GetBytes(ScriptedAdapter.Body), 200, (new TokenUsage { Input = 1000 }, UsageSource.Provider), serviceTier: tier));
}
