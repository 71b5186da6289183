using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Contracts;
using Gateway.Llm;
using Gateway.Llm.Canonical;
using Gateway.Simulator.Specs;
using RoutingService.Providers;
using RoutingService.Providers.Bedrock;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Providers;

public sealed class BedrockRequestTests
{
    private const string Claude = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
    private const string Nova = "amazon.nova-lite-v1:0";

    private readonly LossReport _losses = new();

    [Fact]
    public void Request_WhenOfEverySort_IsWrittenAsConverseTakesIt()
    {
        var request = new LlmRequest
        {
            Model = "client-model",
            Messages =
            [
                new(LlmRole.System, [new TextPart("Be short.") { Cache = new CacheMarker() }]),
                new(LlmRole.User, [new TextPart("What is this?"), new ImagePart(new BytesSource("image/png", "aGk=")), new TextPart("  ")]),
                new(LlmRole.User, [new DocumentPart(new BytesSource("application/pdf", "JVBE")) { Name = "my_report  (v1).pdf", Citations = true }]),
                new(LlmRole.Assistant, [new ReasoningPart("hm") { State = new OpaqueState(Origins.Bedrock, "c2ln") }, new ToolCallPart("call_1", "look", "{\"deep\": 1.10}"), new ToolCallPart("call_2", "listen", "")]),
                new(LlmRole.Tool, [new ToolResultPart("call_2", [new TextPart("silence")])]),
                new(LlmRole.Tool, [new ToolResultPart("call_1", [new TextPart("broken")]) { IsError = true }]),
            ],
            Tools = [new FunctionTool("look", Parse("""{"type":"object"}""")) { Description = "Looks.", Cache = new CacheMarker(IsOneHour: true) }, new FunctionTool("listen", null)],
            ToolChoice = ToolChoice.Required,
            MaxOutputTokens = 100,
            Temperature = 0.70m,
            TopK = 5,
            Stop = ["END"],
            Metadata = new Dictionary<string, string> { ["team"] = "a" },
            ServiceTier = "flex",
            Output = new OutputFormat(Parse("""{"type":"object"}""")) { Name = "city" },
        };

        var written = Write(request, Claude);

        VendorSpecs.ShouldFit(SpecNames.BedrockRequest, written.ToJsonString(), closed: true);
        ShouldBe(written, """
            {"system":[{"text":"Be short."},{"cachePoint":{"type":"default"}}],
             "messages":[
              {"role":"user","content":[{"text":"What is this?"},{"image":{"format":"png","source":{"bytes":"aGk="}}},
               {"document":{"format":"pdf","name":"my report (v1) pdf","citations":{"enabled":true},"source":{"bytes":"JVBE"}}}]},
              {"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"hm","signature":"c2ln"}}},
               {"toolUse":{"toolUseId":"call_1","name":"look","input":{"deep":1.10}}},{"toolUse":{"toolUseId":"call_2","name":"listen","input":{}}}]},
              {"role":"user","content":[{"toolResult":{"toolUseId":"call_1","content":[{"text":"broken"}],"status":"error"}},{"toolResult":{"toolUseId":"call_2","content":[{"text":"silence"}]}}]}],
             "inferenceConfig":{"maxTokens":100,"temperature":0.70,"stopSequences":["END"]},
             "toolConfig":{"tools":[{"toolSpec":{"name":"look","description":"Looks.","inputSchema":{"json":{"type":"object"}}}},{"cachePoint":{"type":"default","ttl":"1h"}},
               {"toolSpec":{"name":"listen","inputSchema":{"json":{"type":"object","properties":{}}}}}],"toolChoice":{"any":{}}},
             "outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"name":"city","schema":"{\"type\":\"object\"}"}}}},
             "additionalModelRequestFields":{"top_k":5},"additionalModelResponseFieldPaths":["/stop_sequence"],
             "serviceTier":{"type":"flex"},"requestMetadata":{"team":"a"}}
            """);
        _losses.Entries.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("us.anthropic.claude-sonnet-4-6", ReasoningEffort.High, """{"thinking":{"type":"adaptive"},"output_config":{"effort":"high"}}""", "")]
    [InlineData("us.anthropic.claude-3-7-sonnet-20250219-v1:0", ReasoningEffort.Low, """{"thinking":{"type":"enabled","budget_tokens":2048}}""", "")]
    [InlineData("openai.gpt-oss-120b-1:0", ReasoningEffort.High, """{"reasoning_effort":"high"}""", "")]
    [InlineData("openai.gpt-oss-120b-1:0", ReasoningEffort.Max, """{"reasoning_effort":"high"}""", "changed:reasoning_effort")]
    [InlineData("us.amazon.nova-2-lite-v1:0", ReasoningEffort.Low, """{"reasoningConfig":{"type":"enabled","maxReasoningEffort":"low"}}""", "")]
    [InlineData("meta.llama3-70b-instruct-v1:0", ReasoningEffort.Low, "null", "dropped:reasoning_effort")]
    public void Effort_WhenAsked_IsInTheWordsOfTheFamily(string model, ReasoningEffort effort, string expected, string loss)
    {
        var written = Write(Ask() with { Reasoning = new ReasoningWish { Effort = effort } }, model);

        JsonNode.DeepEquals(written["additionalModelRequestFields"], JsonNode.Parse(expected)).ShouldBeTrue(written.ToJsonString());
        string.Join(',', _losses.Entries).ShouldBe(loss);
    }

    [Fact]
    public void Thinking_WhenBesideSampling_LeavesOutWhatIsRefusedAndRaisesTheCap()
    {
        var request = Ask() with
        {
            Reasoning = new ReasoningWish { BudgetTokens = 4000 },
            MaxOutputTokens = 1000,
            Temperature = 0.5m,
            TopP = 0.5m,
            TopK = 3,
        };

        var written = Write(request, "us.anthropic.claude-3-7-sonnet-20250219-v1:0");

        ShouldBe(written["inferenceConfig"]!, """{"maxTokens":5024}""");
        ShouldBe(written["additionalModelRequestFields"]!, """{"thinking":{"type":"enabled","budget_tokens":4000}}""");
        _losses.Entries.ShouldBe(["dropped:temperature", "dropped:top_p", "changed:max_completion_tokens", "dropped:top_k"]);
    }

    [Fact]
    public void Tools_WhenOnlyInTheHistory_AreDeclared()
    {
        var written = Write(WithCall("call_1") with { Tools = [] }, Nova);

        ShouldBe(written["toolConfig"]!, """{"tools":[{"toolSpec":{"name":"look","inputSchema":{"json":{"type":"object","properties":{}}}}}]}""");
        _losses.Entries.ShouldBe(["emulated:tools"]);
    }

    [Fact]
    public void Choice_WhenNone_LeavesOutToolsOrSaysThatItCannot()
    {
        Write(Ask() with { Tools = [new FunctionTool("look", null)], ToolChoice = ToolChoice.None }, Nova)["toolConfig"].ShouldBeNull();
        _losses.Entries.ShouldBeEmpty();

        Write(WithCall("call_1") with { ToolChoice = ToolChoice.None }, Nova)["toolConfig"]!["toolChoice"].ShouldBeNull();
        _losses.Entries.ShouldBe(["changed:tool_choice"]);
    }

    [Fact]
    public void Ids_WhenTheyWouldBeRefused_AreReplacedAlikeInCallAndResult()
    {
        var written = Write(WithCall("fc-1:0/ä"), Nova);

        var id = written["messages"]![1]!["content"]![0]!["toolUse"]!["toolUseId"]!.GetValue<string>();
        id.ShouldMatch("^tooluse_[0-9a-f]{32}$");
        written["messages"]![2]!["content"]![0]!["toolResult"]!["toolUseId"]!.GetValue<string>().ShouldBe(id);
    }

    [Fact]
    public void Format_WhenTheModelHasNone_IsAToolThatMustBeCalled()
    {
        var request = Ask() with { Output = new OutputFormat(Parse("""{"type":"object","properties":{"a":{}}}""")) { Name = "city" } };

        var written = Write(request, Nova, out var tool);

        ShouldBe(written["toolConfig"]!, """
            {"tools":[{"toolSpec":{"name":"city","description":"Gives the answer.","inputSchema":{"json":{"type":"object","properties":{"a":{}}}}}}],"toolChoice":{"tool":{"name":"city"}}}
            """);
        written["outputConfig"].ShouldBeNull();
        _losses.Entries.ShouldBe(["emulated:response_format"]);
        tool.ShouldBe("city");
    }

    [Fact]
    public void Answer_WhenByTheOutputTool_IsText()
    {
        var context = new AnswerContext(Guid.Empty, Ask(), 0, _losses);
        var events = new List<StreamEvent>();
        BedrockAnswerReader.Read(
            """{"output":{"message":{"role":"assistant","content":[{"toolUse":{"toolUseId":"t","name":"city","input":{"name": "Bern"}}}]}},"stopReason":"tool_use"}"""u8.ToArray(),
            new BedrockAnswer(context, new FreeformTools(Ask()), "city"),
            events);

        var answer = AnswerSummary.Of(events);
        answer.Text.ShouldBe("{\"name\":\"Bern\"}");
        answer.Calls.ShouldBeEmpty();
        answer.Ended!.Reason.ShouldBe(FinishReason.Stop);
    }

    [Theory]
    [InlineData("logprobs")]
    [InlineData("n")]
    [InlineData("image_url")]
    [InlineData("file")]
    [InlineData("tools[0].name")]
    [InlineData("tools[0].type")]
    public void Request_WhenItCannotBeCarried_IsRefusedByField(string field)
    {
        var request = field switch
        {
            "logprobs" => Ask() with { Logprobs = 2 },
            "n" => Ask() with { Choices = 2 },
            "image_url" => Ask() with { Messages = [new(LlmRole.User, [new ImagePart(new UrlSource("https://example.com/a.png"))])] },
            "file" => Ask() with { Messages = [new(LlmRole.User, [new DocumentPart(new BytesSource("application/x-thing", "aGk="))])] },
            "tools[0].name" => Ask() with { Tools = [new FunctionTool(new string('a', 65), null)] },
            _ => Ask() with { Tools = [new HostedTool(Origins.OpenAI, "web_search", default)] },
        };

        var error = Should.Throw<InvalidRequestException>(() => Write(request, Claude));

        (error.Code, error.Param).ShouldBe(("unsupported_parameter", field));
    }

    [Fact]
    public void Losses_WhenReported_AreNamedAsTheClientNamesThem()
    {
        var request = Ask() with { Seed = 1, EndUser = "u", Verbosity = "low", ParallelToolCalls = false, FrequencyPenalty = 1, PresencePenalty = 1, Unmapped = ["store"] };

        Write(request, Claude, out _, ClientFormat.Responses);

        _losses.Entries.ShouldBe([
            "dropped:seed", "dropped:frequency_penalty", "dropped:presence_penalty", "dropped:parallel_tool_calls", "dropped:user", "dropped:text.verbosity", "dropped:store"]);
    }

    [Theory]
    [InlineData("us.anthropic.claude-sonnet-4-5-20250929-v1:0", true, false)]
    [InlineData("anthropic.claude-opus-4-6-v1", true, true)]
    [InlineData("us.anthropic.claude-sonnet-4-20250514-v1:0", false, false)]
    [InlineData("anthropic.claude-3-5-sonnet-20240620-v1:0", false, false)]
    [InlineData("global.anthropic.claude-haiku-4-5-20251001-v1:0", true, false)]
    [InlineData("amazon.nova-pro-v1:0", false, false)]
    [InlineData("google.gemma-3-27b-it", true, false)]
    [InlineData("zai.glm-4.7-flash", true, false)]
    public void Model_WhenNamed_TellsItsAbilities(string id, bool hasStructuredOutput, bool isAdaptive)
        => (new BedrockModel(id).HasStructuredOutput, new BedrockModel(id).IsAdaptive).ShouldBe((hasStructuredOutput, isAdaptive));

    private static LlmRequest Ask() => new() { Model = "client-model", Messages = [new(LlmRole.User, "hi")] };

    private static LlmRequest WithCall(string id) => Ask() with
    {
        Tools = [new FunctionTool("look", null)],
        Messages =
        [
            new(LlmRole.User, "hi"),
            new(LlmRole.Assistant, [new ToolCallPart(id, "look", "{}")]),
            new(LlmRole.Tool, [new ToolResultPart(id, [new TextPart("seen")])]),
        ],
    };

    private JsonNode Write(LlmRequest request, string model) => Write(request, model, out _);

    private JsonNode Write(LlmRequest request, string model, out string? outputTool, ClientFormat format = ClientFormat.Chat)
    {
        var writer = new BedrockRequestWriter(AnswerSummary.Translation(request, model, _losses, format));
        var written = JsonNode.Parse(Encoding.UTF8.GetString(writer.Write().Span))!;
        outputTool = writer.OutputTool?.Name;
        return written;
    }

    private static void ShouldBe(JsonNode actual, string expected)
        => JsonNode.DeepEquals(actual, JsonNode.Parse(expected)).ShouldBeTrue(actual.ToJsonString());

    private static JsonElement Parse(string json) => JsonElement.Parse(json);
}
