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
        if (FixtureLibrary.Load(file).Request.Body is { } body)
        {
            var messages = System.Text.Json.Nodes.JsonNode.Parse(body.Span)!["messages"]!.AsArray();

            ChatRequestReader.Read(body).Messages.Count.ShouldBe(messages.Count);
        }
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
             "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}},{"type":"other"},5,{"function":7}],
             "response_format":{"type":"json_schema","json_schema":{"schema":{"type":"string"}}}}
            """);

        request.Messages.Select(message => $"{message.Role} {message.Text}")
            .ShouldBe(["System a", "User bc", "Assistant ", "Tool d", "Assistant "]);
        request.Tools.Select(tool => tool.Name).ShouldBe(["f"]);
        request.Output.ShouldNotBeNull().Schema.ShouldNotBeNull().GetRawText().ShouldBe("""{"type":"string"}""");
    }

    [Theory]
    [InlineData("5", "messages[0]")]
    [InlineData("{}", "messages[0]")]
    [InlineData("{\"role\":5}", "messages[0]")]
    [InlineData("{\"role\":\"king\",\"content\":\"x\"}", "messages[0].role")]
    [InlineData("{\"role\":\"user\",\"content\":5}", "messages[0].content")]
    [InlineData("{\"role\":\"user\",\"content\":{}}", "messages[0].content")]
    public void Read_WhenAMessageIsWrong_NamesItsPlace(string message, string param)
        => Should.Throw<InvalidRequestException>(() => Read($$"""{"model":"m","messages":[{{message}}]}""")).Param.ShouldBe(param);

    [Theory]
    [InlineData("\"tools\":5")]
    [InlineData("\"tools\":null")]
    [InlineData("\"response_format\":5")]
    [InlineData("\"response_format\":{\"json_schema\":null}")]
    public void Read_WhenAnOptionalFieldMakesNoSense_IsReadWithoutIt(string field)
        => Read($$"""{"model":"m","messages":[{"role":"user","content":"x"}],{{field}}}""").Messages.Count.ShouldBe(1);

    private static LlmRequest Read(string json)
    {
        return ChatRequestReader.Read(Encoding.UTF8.GetBytes(json));
    }
}
