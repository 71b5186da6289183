using System.Text;
using Gateway.Llm;
using Gateway.Llm.Canonical;
using Gateway.Llm.ChatCompletions;
using Shouldly;
using Tests.Fixtures;
using Xunit;

namespace Tests.Llm;

public sealed class ChatRequestReaderTests
{
    [Theory]
    [MemberData(nameof(FixtureLibrary.Files), "openai-chat", MemberType = typeof(FixtureLibrary))]
    public void Read_WhenOfARecordedRequest_HasItsMessages(string file)
    {
        var fixture = FixtureLibrary.Load(file);
        if (fixture.Request.Body is not { } body)
        {
            return;
        }

        if (fixture.Kinds.Contains("req:modalities"))
        {
            Should.Throw<InvalidRequestException>(() => ChatRequestReader.Read(body)).Param.ShouldBe("modalities");
            return;
        }

        var messages = System.Text.Json.Nodes.JsonNode.Parse(body.Span)!["messages"]!.AsArray();
        ChatRequestReader.Read(body).Messages.Count.ShouldBe(messages.Count);
    }

    [Fact]
    public void Read_WhenContentHasSeveralForms_IsItsText()
    {
        var request = Read("""
            {"model":"m","messages":[
              {"role":"developer","content":"a"},
              {"role":"user","content":[{"type":"text","text":"b"},{"type":"image_url","image_url":{"url":"x"}},{"type":"text","text":"c"}]},
              {"role":"assistant","content":null,"tool_calls":[]},
              {"role":"tool","tool_call_id":"1","content":"d"},
              {"role":"assistant"}],
             "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}},{"type":"other"}],
             "response_format":{"type":"json_schema","json_schema":{"schema":{"type":"string"}}}}
            """);

        request.Messages.Select(message => $"{message.Role} {message.Text}")
            .ShouldBe(["Developer a", "User bc", "Assistant ", "Tool ", "Assistant "]);
        request.Messages[3].Parts.ShouldHaveSingleItem().ShouldBeOfType<ToolResultPart>().Content.ShouldBe([new TextPart("d")], PartComparer.Instance);
        request.Tools.Select(tool => tool.Name).ShouldBe(["f", "other"]);
        request.Output.ShouldNotBeNull().Schema.ShouldNotBeNull().GetRawText().ShouldBe("""{"type":"string"}""");
    }

    [Fact]
    public void Read_OfEveryField_HasIt()
    {
        var request = Read("""
            {"model":"m","stream":true,"stream_options":{"include_usage":true},"max_completion_tokens":7,"temperature":0.10,"top_p":1,"n":2,
             "stop":"x","seed":9007199254740993,"frequency_penalty":-1,"presence_penalty":1.5,"reasoning_effort":"xhigh","verbosity":"low",
             "logprobs":true,"top_logprobs":3,"user":"u","metadata":{"a":"b"},"service_tier":"flex","parallel_tool_calls":false,
             "tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"f"}}]}},
             "tools":[{"type":"custom","custom":{"name":"c","format":{"type":"text"}}}],
             "store":true,"logit_bias":{"1":2},"nonsense":1,"prediction":null,
             "messages":[{"role":"user","name":"n","content":"x"}]}
            """);

        request.ShouldSatisfyAllConditions(
            () => request.Temperature!.Value.ToString(System.Globalization.CultureInfo.InvariantCulture).ShouldBe("0.10"),
            () => request.Seed.ShouldBe(9007199254740993),
            () => request.Stop.ShouldBe(["x"]),
            () => request.Reasoning!.Effort.ShouldBe(ReasoningEffort.ExtraHigh),
            () => request.Logprobs.ShouldBe(3),
            () => request.EndUser.ShouldBe("u"),
            () => request.ToolChoice!.Mode.ShouldBe(ToolChoiceMode.Allowed),
            () => request.ToolChoice!.Names.ShouldBe(["f"]),
            () => request.Tools.ShouldHaveSingleItem().ShouldBe(new FreeformTool("c", null)),
            () => request.ParallelToolCalls.ShouldBe(false),
            () => request.Choices.ShouldBe(2),
            () => request.ServiceTier.ShouldBe("flex"),
            () => request.Unmapped.ShouldBe(["messages[].name", "store", "logit_bias", "nonsense"]));
    }

    [Fact]
    public void Read_OfFilesAndSound_HasTheirBytes()
    {
        var parts = Read("""
            {"model":"m","messages":[{"role":"user","content":[
              {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","detail":"low"}},
              {"type":"input_audio","input_audio":{"data":"BBBB","format":"mp3"}},
              {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,CCCC"}},
              {"type":"file","file":{"file_id":"file-1"}},
              {"type":"text","text":"x","cache_control":{"type":"ephemeral","ttl":"1h"}}]}]}
            """).Messages[0].Parts;

        parts.ShouldBe([
            new ImagePart(new BytesSource("image/png", "AAAA")) { Detail = "low" },
            new AudioPart(new BytesSource("audio/mpeg", "BBBB")),
            new DocumentPart(new BytesSource("application/pdf", "CCCC")) { Name = "a.pdf" },
            new DocumentPart(new FileSource(Origins.OpenAI, "file-1")),
            new TextPart("x") { Cache = new CacheMarker(IsOneHour: true) }], PartComparer.Instance);
    }

    [Fact]
    public void Read_OfTheOldWords_HasToolsAndCalls()
    {
        var request = Read("""
            {"model":"m","functions":[{"name":"f"}],"function_call":{"name":"f"},"messages":[
              {"role":"user","content":"x"},
              {"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{\"a\":1.10}"}},
              {"role":"function","name":"f","content":"y"}]}
            """);

        request.UsesLegacyFunctions.ShouldBeTrue();
        request.Tools.ShouldBe([new FunctionTool("f", null)]);
        request.ToolChoice!.Names.ShouldBe(["f"]);
        var call = request.Messages[1].Parts.ShouldHaveSingleItem().ShouldBeOfType<ToolCallPart>();
        call.Arguments.ShouldBe("""{"a":1.10}""");
        request.Messages[2].Parts.ShouldHaveSingleItem().ShouldBeOfType<ToolResultPart>().CallId.ShouldBe(call.Id);
    }

    [Fact]
    public void Read_OfReasoningSentBack_HasItsStateAndMaker()
    {
        var parts = Read("""
            {"model":"m","messages":[{"role":"assistant","content":"c","reasoning_content":"ab","reasoning_details":[
              {"type":"reasoning.text","text":"a","signature":"gw1.anthropic.S=="},
              {"type":"reasoning.encrypted","data":"D","format":"openai-responses-v1","id":"rs_1"}],
              "tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":""},
                "extra_content":{"google":{"thought_signature":"T"}}}]}]}
            """).Messages[0].Parts;

        parts.ShouldBe([
            new ReasoningPart("a") { State = new OpaqueState(Origins.Anthropic, "S==") },
            new ReasoningPart("") { State = new OpaqueState(Origins.OpenAI, "D", "rs_1"), IsRedacted = true },
            new TextPart("c"),
            new ToolCallPart("1", "f", "") { State = new OpaqueState(Origins.Gemini, "T") }], PartComparer.Instance);
    }

    [Theory]
    [InlineData("5", "messages[0]")]
    [InlineData("{}", "messages[0]")]
    [InlineData("{\"role\":5}", "messages[0].role")]
    [InlineData("{\"role\":\"king\",\"content\":\"x\"}", "messages[0].role")]
    [InlineData("{\"role\":\"user\",\"content\":5}", "messages[0].content")]
    [InlineData("{\"role\":\"user\",\"content\":{}}", "messages[0].content")]
    [InlineData("{\"role\":\"user\",\"content\":[{\"type\":\"smell\"}]}", "messages[0].content[0].type")]
    [InlineData("{\"role\":\"tool\",\"content\":\"x\"}", "messages[0].tool_call_id")]
    [InlineData("{\"role\":\"function\",\"name\":\"f\",\"content\":\"x\"}", "messages[0]")]
    [InlineData("{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"1\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}]}", "messages[0].tool_calls[0].function.arguments")]
    public void Read_WhenAMessageIsWrong_NamesItsPlace(string message, string param)
        => Should.Throw<InvalidRequestException>(() => Read($$"""{"model":"m","messages":[{{message}}]}""")).Param.ShouldBe(param);

    [Theory]
    [InlineData("\"tools\":5", "tools")]
    [InlineData("\"tools\":[5]", "tools[0]")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":7}]", "tools[0].function")]
    [InlineData("\"tool_choice\":\"maybe\"", "tool_choice")]
    [InlineData("\"response_format\":5", "response_format")]
    [InlineData("\"response_format\":{\"json_schema\":null}", "response_format.type")]
    [InlineData("\"reasoning_effort\":\"huge\"", "reasoning_effort")]
    [InlineData("\"temperature\":\"hot\"", "temperature")]
    public void Read_WhenAFieldIsWrong_NamesIt(string field, string param)
        => Should.Throw<InvalidRequestException>(() => Read($$"""{"model":"m","messages":[{"role":"user","content":"x"}],{{field}}}""")).Param.ShouldBe(param);

    private static LlmRequest Read(string json) => ChatRequestReader.Read(Encoding.UTF8.GetBytes(json));
}
