using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Contracts;
using Gateway.Llm;
using Gateway.Llm.Canonical;
using Gateway.Simulator.Specs;
using RoutingService.Providers.Gemini;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Providers;

public sealed class GeminiRequestTests
{
    private readonly LossReport _losses = new();
    private readonly Dictionary<string, string> _signatures = [];

    [Fact]
    public void Request_WhenOfEverySort_IsWrittenAsGeminiTakesIt()
    {
        var request = new LlmRequest
        {
            Model = "client-model",
            Messages =
            [
                new(LlmRole.System, "Be short."),
                new(LlmRole.User, [new TextPart("What is this?"), new ImagePart(new BytesSource("image/png", "aGk="))]),
                new(LlmRole.User, "Say it quickly."),
                new(LlmRole.Assistant, [new TextPart("Let me look."), new ToolCallPart("call_1", "look", "{\"deep\": 1.10}"), new ToolCallPart("call_2", "listen", "")]),
                new(LlmRole.Tool, [new ToolResultPart("call_2", [new TextPart("silence")])]),
                new(LlmRole.Tool, [new ToolResultPart("call_1", [new TextPart("broken")]) { IsError = true }]),
            ],
            Tools = [new FunctionTool("look", Parse("""{"type":"object","properties":{"deep":{"type":"number"}}}""")) { Description = "Looks." }, new FunctionTool("listen", Parse("""{"type":"object","properties":{}}"""))],
            ToolChoice = ToolChoice.One("look"),
            MaxOutputTokens = 100,
            Temperature = 0.70m,
            TopP = 0.9m,
            TopK = 40,
            Stop = ["END"],
            Seed = 7,
            FrequencyPenalty = 0.5m,
            PresencePenalty = 0.25m,
            Output = new OutputFormat(Parse("""{"type":"object"}""")),
            Reasoning = new ReasoningWish { Effort = ReasoningEffort.Low },
        };

        var written = Write(request, "gemini-2.5-flash");

        VendorSpecs.ShouldFit(SpecNames.GeminiRequest, written.ToJsonString(), closed: true);
        ShouldBe(written, """
            {"systemInstruction":{"parts":[{"text":"Be short."}]},
             "contents":[
              {"role":"user","parts":[{"text":"What is this?"},{"inlineData":{"mimeType":"image/png","data":"aGk="}},{"text":"Say it quickly."}]},
              {"role":"model","parts":[{"text":"Let me look."},{"functionCall":{"id":"call_1","name":"look","args":{"deep":1.10}}},{"functionCall":{"id":"call_2","name":"listen","args":{}}}]},
              {"role":"user","parts":[{"functionResponse":{"id":"call_1","name":"look","response":{"error":"broken"}}},{"functionResponse":{"id":"call_2","name":"listen","response":{"output":"silence"}}}]}],
             "tools":[{"functionDeclarations":[{"name":"look","description":"Looks.","parametersJsonSchema":{"type":"object","properties":{"deep":{"type":"number"}}}},{"name":"listen"}]}],
             "toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["look"]}},
             "generationConfig":{"maxOutputTokens":100,"temperature":0.70,"topP":0.9,"topK":40,"frequencyPenalty":0.5,"presencePenalty":0.25,"seed":7,"stopSequences":["END"],
              "responseMimeType":"application/json","responseJsonSchema":{"type":"object"},"thinkingConfig":{"includeThoughts":true,"thinkingBudget":2048}}}
            """);
        _losses.Entries.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("gemini-3-flash-preview", ReasoningEffort.None, "{\"thinkingLevel\":\"MINIMAL\"}", true)]
    [InlineData("gemini-3-pro-preview", ReasoningEffort.Minimal, "{\"includeThoughts\":true,\"thinkingLevel\":\"LOW\"}", true)]
    [InlineData("gemini-3.1-pro-preview", ReasoningEffort.Max, "{\"includeThoughts\":true,\"thinkingLevel\":\"HIGH\"}", false)]
    [InlineData("gemini-2.5-flash", ReasoningEffort.None, "{\"thinkingBudget\":0}", false)]
    [InlineData("gemini-2.5-pro", ReasoningEffort.None, "{\"thinkingBudget\":128}", true)]
    [InlineData("gemini-2.5-pro", ReasoningEffort.Max, "{\"includeThoughts\":true,\"thinkingBudget\":32768}", false)]
    [InlineData("gemini-flash-latest", ReasoningEffort.Medium, "{\"includeThoughts\":true,\"thinkingBudget\":8192}", false)]
    public void Effort_WhenAsked_IsWhatTheModelUnderstands(string model, ReasoningEffort effort, string expected, bool isChanged)
    {
        var written = Write(Ask() with { Reasoning = new ReasoningWish { Effort = effort } }, model);

        ShouldBe(written["generationConfig"]!["thinkingConfig"]!, expected);
        _losses.Entries.ShouldBe(isChanged ? ["changed:reasoning_effort"] : []);
    }

    [Fact]
    public void Budget_WhenGiven_StaysABudgetOnGemini3()
        => ShouldBe(
            Write(Ask() with { Reasoning = new ReasoningWish { BudgetTokens = 4000 } }, "gemini-3-flash-preview")["generationConfig"]!["thinkingConfig"]!,
            """{"includeThoughts":true,"thinkingBudget":4000}""");

    [Fact]
    public void Signature_WhenTheClientHasDroppedIt_ComesFromTheCache()
    {
        _signatures["call_1"] = "c2ln";

        var call = Write(WithCalls(), "gemini-3-flash-preview")["contents"]![1]!["parts"]!;

        call[0]!["thoughtSignature"]!.GetValue<string>().ShouldBe("c2ln");
        call[1]!["thoughtSignature"].ShouldBeNull();
        _losses.Entries.ShouldBeEmpty();
    }

    [Fact]
    public void Signature_WhenNobodyKnowsIt_IsTheDocumentedEscapeOnTheFirstCall()
    {
        var call = Write(WithCalls(), "gemini-3-flash-preview")["contents"]![1]!["parts"]!;

        call[0]!["thoughtSignature"]!.GetValue<string>().ShouldBe("c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I=");
        call[1]!["thoughtSignature"].ShouldBeNull();
        _losses.Entries.ShouldBe(["changed:thought_signature"]);
    }

    [Fact]
    public void Signature_WhenTheModelDoesNotAskForIt_IsNotMadeUp()
    {
        Write(WithCalls(), "gemini-2.5-flash")["contents"]![1]!["parts"]![0]!["thoughtSignature"].ShouldBeNull();
        _losses.Entries.ShouldBeEmpty();
    }

    [Fact]
    public void Reasoning_WhenOfAnotherProvider_IsDroppedAndReported()
    {
        var request = Ask() with
        {
            Messages =
            [
                new(LlmRole.User, "hi"),
                new(LlmRole.Assistant, [new ReasoningPart("hm") { State = new OpaqueState(Origins.Anthropic, "sig") }, new TextPart("hello")]),
                new(LlmRole.User, "and?"),
            ],
        };

        ShouldBe(Write(request, "gemini-2.5-pro")["contents"]![1]!["parts"]!, """[{"text":"hello"}]""");
        _losses.Entries.ShouldBe(["dropped:reasoning"]);
    }

    [Fact]
    public void ToolIds_WhenMadeHere_AreNotSent()
    {
        var id = GeminiToolIds.Make(Guid.NewGuid(), 3);
        var request = Ask() with
        {
            Messages =
            [
                new(LlmRole.User, "hi"),
                new(LlmRole.Assistant, [new ToolCallPart(id, "look", "{}")]),
                new(LlmRole.Tool, [new ToolResultPart(id, [new TextPart("seen")])]),
            ],
        };

        Write(request, "gemini-2.5-pro").ToJsonString().ShouldNotContain(id);
    }

    [Fact]
    public void Losses_WhenReported_AreNamedAsTheClientNamesThem()
    {
        var request = Ask() with
        {
            EndUser = "u",
            ParallelToolCalls = false,
            Metadata = new Dictionary<string, string> { ["a"] = "b" },
            AutomaticCache = new CacheMarker(),
            Unmapped = ["container"],
        };

        Write(request, "gemini-2.5-pro", ClientFormat.Messages);

        _losses.Entries.ShouldBe(["dropped:tool_choice.disable_parallel_tool_use", "dropped:metadata.user_id", "dropped:metadata", "dropped:cache_control", "dropped:container"]);
    }

    [Fact]
    public void Image_WhenByUrl_IsRefusedWithItsField()
    {
        var request = Ask() with { Messages = [new(LlmRole.User, [new ImagePart(new UrlSource("https://example.com/a.png"))])] };

        var error = Should.Throw<InvalidRequestException>(() => Write(request, "gemini-2.5-pro", ClientFormat.Responses));

        (error.Code, error.Param).ShouldBe(("unsupported_parameter", "input_image"));
    }

    [Fact]
    public void Result_WhenOfNoCall_IsRefused()
    {
        var request = Ask() with { Messages = [new(LlmRole.User, "hi"), new(LlmRole.Tool, [new ToolResultPart("nobody", [new TextPart("x")])])] };

        Should.Throw<InvalidRequestException>(() => Write(request, "gemini-2.5-pro")).Message.ShouldContain("'nobody'");
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[1]")]
    public void Arguments_WhenNoObject_AreRefused(string arguments)
    {
        var request = Ask() with { Messages = [new(LlmRole.User, "hi"), new(LlmRole.Assistant, [new ToolCallPart("call_1", "look", arguments)])] };

        Should.Throw<InvalidRequestException>(() => Write(request, "gemini-2.5-pro")).Code.ShouldBe("invalid_value");
    }

    [Fact]
    public void FreeformTool_WhenGiven_IsAFunctionWithOneText()
    {
        var request = Ask() with
        {
            Tools = [new FreeformTool("run", null)],
            Messages = [new(LlmRole.User, "hi"), new(LlmRole.Assistant, [new ToolCallPart("call_1", "run", "print(\"x\")") { IsFreeform = true }])],
        };

        var written = Write(request, "gemini-2.5-pro");

        ShouldBe(written["contents"]![1]!["parts"]![0]!["functionCall"]!["args"]!, """{"input":"print(\"x\")"}""");
        ShouldBe(written["tools"]!, """[{"functionDeclarations":[{"name":"run","parametersJsonSchema":{"type":"object","properties":{"input":{"type":"string"}},"required":["input"]}}]}]""");
        _losses.Entries.ShouldBe(["emulated:tools"]);
        _losses.HasLoss.ShouldBeFalse();
    }

    [Fact]
    public void Signatures_WhenKept_EndAfterAnHourAndNeverOutgrowTheirBounds()
    {
        var clock = new Compat.ManualClock();
        var signatures = new ThoughtSignatures(clock, maxEntries: 3, maxCharacters: 100);
        var (key, other) = (Guid.NewGuid(), Guid.NewGuid());
        signatures.Remember(key, "a", "1");
        signatures.Find(key, "a").ShouldBe("1");
        signatures.Find(other, "a").ShouldBeNull();

        signatures.Remember(key, "b", "2");
        signatures.Remember(key, "c", "3");
        signatures.Remember(key, "d", "4");
        signatures.Find(key, "a").ShouldBeNull();
        signatures.Find(key, "d").ShouldBe("4");

        signatures.Remember(key, "e", new string('x', 99));
        signatures.Find(key, "c").ShouldBeNull();
        signatures.Find(key, "e").ShouldNotBeNull();

        clock.Advance(TimeSpan.FromHours(1));
        signatures.Find(key, "e").ShouldBeNull();
    }

    private static LlmRequest Ask() => new() { Model = "client-model", Messages = [new(LlmRole.User, "hi")] };

    private static LlmRequest WithCalls() => Ask() with
    {
        Messages =
        [
            new(LlmRole.User, "hi"),
            new(LlmRole.Assistant, [new ToolCallPart("call_1", "look", "{}"), new ToolCallPart("call_2", "look", "{}")]),
            new(LlmRole.Tool, [new ToolResultPart("call_1", [new TextPart("a")]), new ToolResultPart("call_2", [new TextPart("b")])]),
        ],
    };

    private JsonNode Write(LlmRequest request, string model, ClientFormat format = ClientFormat.Chat)
    {
        var translation = AnswerSummary.Translation(request, model, _losses, format);
        return JsonNode.Parse(Encoding.UTF8.GetString(new GeminiRequestWriter(translation, _signatures.GetValueOrDefault, isVertex: false).Write().Span))!;
    }

    private static void ShouldBe(JsonNode actual, string expected)
        => JsonNode.DeepEquals(actual, JsonNode.Parse(expected)).ShouldBeTrue(actual.ToJsonString());

    private static JsonElement Parse(string json) => JsonElement.Parse(json);
}
