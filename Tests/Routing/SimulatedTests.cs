using System.Text.Json;
using Gateway.Contracts.Errors;
using Gateway.Llm.Canonical;
using RoutingService.Providers.Simulated;
using Shouldly;
using Xunit;

namespace Tests.Routing;

public sealed class SimulatedTests
{
    [Fact]
    public void Knobs_WhenAllAreGiven_AreRead()
    {
        var knobs = SimulatedKnobs.Parse("tokens=200&tps=50&ttft=300ms&fail=429:0.1");

        knobs.Tokens.ShouldBe(200);
        knobs.TokensPerSecond.ShouldBe(50);
        knobs.TimeToFirstToken.ShouldBe(TimeSpan.FromMilliseconds(300));
        knobs.Fail.ShouldBe((429, 0.1));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("&&")]
    public void Knobs_WhenNoneAreGiven_HaveTheirDefaults(string? text) => SimulatedKnobs.Parse(text).ShouldBe(new SimulatedKnobs());

    [Theory]
    [InlineData("tokens")]
    [InlineData("tokens=")]
    [InlineData("tokens=-1")]
    [InlineData("tokens=100001")]
    [InlineData("tokens=1e3")]
    [InlineData("tps=1.5")]
    [InlineData("ttft=1s")]
    [InlineData("ttft=600001ms")]
    [InlineData("fail=200")]
    [InlineData("fail=600")]
    [InlineData("fail=429:2")]
    [InlineData("fail=429:NaN")]
    [InlineData("fail=429:-Infinity")]
    [InlineData("fail=429:-0.5")]
    [InlineData("fail=")]
    [InlineData("speed=1")]
    [InlineData("TOKENS=1")]
    [InlineData("tokens=5;tps=1")]
    public void Knobs_WhenOneMakesNoSense_AreABadRequest(string text)
        => Should.Throw<GatewayErrorException>(() => SimulatedKnobs.Parse(text)).Error.Kind.ShouldBe(GatewayErrorKind.BadRequest);

    [Theory]
    [InlineData("""{"type":"string"}""", "\"text\"")]
    [InlineData("""{"type":"integer"}""", "1")]
    [InlineData("""{"type":"number","minimum":5}""", "5")]
    [InlineData("""{"type":"number","minimum":5.5}""", "1")]
    [InlineData("""{"type":"number","minimum":"5"}""", "1")]
    [InlineData("""{"type":"boolean"}""", "true")]
    [InlineData("""{"type":"null"}""", "null")]
    [InlineData("""{"type":["string","null"]}""", "\"text\"")]
    [InlineData("""{"type":[]}""", "null")]
    [InlineData("""{"type":5}""", "null")]
    [InlineData("""{"const":{"a":1}}""", """{"a":1}""")]
    [InlineData("""{"enum":["b","a"]}""", "\"b\"")]
    [InlineData("""{"enum":[]}""", "null")]
    [InlineData("""{"type":"array"}""", "[]")]
    [InlineData("""{"type":"array","items":{"type":"boolean"}}""", "[true]")]
    [InlineData("""{"type":"object"}""", "{}")]
    [InlineData("""{"properties":{"a":{"type":"string"},"b":{"type":"array","items":{"properties":{}}}}}""", """{"a":"text","b":[{}]}""")]
    [InlineData("""{"properties":5}""", "{}")]
    [InlineData("""{"$ref":"#"}""", "null")]
    [InlineData("true", "null")]
    [InlineData("5", "null")]
    public void Sample_WhenOfASchema_FitsIt(string schema, string expected)
    {
        using var document = JsonDocument.Parse(schema);

        SchemaSample.Create(document.RootElement).ShouldBe(expected);
    }

    [Fact]
    public void Sample_WhenThereIsNoSchema_IsAnEmptyObject() => SchemaSample.Create(null).ShouldBe("{}");

    [Fact]
    public void Sample_WhenTheSchemaIsVeryDeep_Ends()
    {
        var schema = string.Concat(Enumerable.Repeat("""{"type":"array","items":""", 30)) + "{}" + new string('}', 30);
        using var document = JsonDocument.Parse(schema);

        SchemaSample.Create(document.RootElement).ShouldBe(new string('[', 17) + "null" + new string(']', 17));
    }

    [Fact]
    public void Echo_WhenAsked_GivesTheLastUserMessageBackToTheLetter()
    {
        const string Text = "  two  spaces\n\n😀 e\u0301 \0 end ";

        var events = Answer("echo", Request(Text));

        TextOf(events).ShouldBe(Text);
        Ended(events).Reason.ShouldBe(FinishReason.Stop);
    }

    [Fact]
    public void Echo_WhenThereIsNothingToSay_EndsAtOnce()
        => Answer("echo", Request("")).Single().ShouldBe(new MessageEnded(FinishReason.Stop, new LlmUsage { Input = 3 }));

    [Fact]
    public void Lorem_WhenTokensAreGiven_HasThatManyWordsAndCountsWhatItSays()
    {
        var events = SimulatedModels.Answer("lorem", Request("hi"), SimulatedKnobs.Parse("tokens=7"))!;

        events.OfType<TextDelta>().Count().ShouldBe(7);
        Ended(events).Usage!.Value.Output.ShouldBe(events.OfType<TextDelta>().Sum(delta => SimulatedModels.CountTokens(delta.Text)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Answer_WhenTheClientSetACap_KeepsIt(long cap)
    {
        var events = Answer("lorem", Request("hi") with { MaxOutputTokens = cap });

        Ended(events).Usage!.Value.Output.ShouldBeLessThanOrEqualTo(cap);
        Ended(events).Reason.ShouldBe(FinishReason.Length);
    }

    [Fact]
    public void Tool_WhenThereIsOne_IsCalledWithArgumentsThatFit()
    {
        using var schema = JsonDocument.Parse("""{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}}}""");

        var events = Answer("tool", Request("hi") with { Tools = [new FunctionTool("weather", schema.RootElement), new FunctionTool("other", null)] });

        events.OfType<ToolCallStarted>().Single().Name.ShouldBe("weather");
        string.Concat(events.OfType<ToolCallDelta>().Select(delta => delta.ArgumentsPart)).ShouldBe("""{"city":"text","days":1}""");
        Ended(events).Reason.ShouldBe(FinishReason.ToolCalls);
    }

    [Fact]
    public void Tool_WhenThereIsNone_SaysSo() => TextOf(Answer("tool", Request("hi"))).ShouldBe("There is no tool to call.");

    [Fact]
    public void Json_WhenThereIsASchema_FitsIt()
    {
        using var schema = JsonDocument.Parse("""{"type":"object","properties":{"a":{"enum":["x y z"]}}}""");

        TextOf(Answer("json", Request("hi") with { Output = new OutputFormat(schema.RootElement) })).ShouldBe("""{"a":"x y z"}""");
    }

    [Fact]
    public void Answer_WhenThereIsNoSuchModel_IsNone() => SimulatedModels.Answer("gpt", Request("hi"), new SimulatedKnobs()).ShouldBeNull();

    private static LlmRequest Request(string text) => new()
    {
        Model = "m",
        Messages = text.Length == 0 ? [new LlmMessage(LlmRole.User, "")] : [new LlmMessage(LlmRole.System, "be brief"), new LlmMessage(LlmRole.User, text)],
    };

    private static IReadOnlyList<StreamEvent> Answer(string model, LlmRequest request)
        => SimulatedModels.Answer(model, request, new SimulatedKnobs()).ShouldNotBeNull();

    private static string TextOf(IEnumerable<StreamEvent> events) => string.Concat(events.OfType<TextDelta>().Select(delta => delta.Text));

    private static MessageEnded Ended(IReadOnlyList<StreamEvent> events) => events[^1].ShouldBeOfType<MessageEnded>();
}
