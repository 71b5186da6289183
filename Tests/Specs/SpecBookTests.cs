using System.Text;
using Gateway.Simulator.Specs;
using Shouldly;
using Xunit;
using static Tests.TestKit.VendorSpecs;

namespace Tests.Specs;

public sealed class SpecBookTests
{
    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"x"}]}""", "$.model is missing")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"type":"text","txt":"x"}]}]}""", "$.messages[0].content[0].text is missing")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"temperature":"hot"}""", "$.temperature must be")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"temperature":3}""", "$.temperature is too large")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"temperatur":1}""", "$.temperatur is a field that the description does not know")]
    [InlineData("""{"model":"m","messages":[]}""", "$.messages must have 1 items or more")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"tool_choice":{"type":"function"}}""", "$.tool_choice.function is missing")]
    [InlineData("[", "is not JSON")]
    public void Validate_WhenARequestIsWrong_SaysWhere(string json, string expected)
        => Book.Validate(SpecNames.ChatRequest, Encoding.UTF8.GetBytes(json), closed: true)
            .ShouldContain(violation => violation.ToString().Contains(expected), customMessage: Text(SpecNames.ChatRequest, json));

    [Theory]
    [InlineData(SpecNames.MessagesRequest, """{"model":"m","messages":[{"role":"user","content":"x"}]}""", "$.max_tokens is missing")]
    [InlineData(SpecNames.GeminiRequest, """{"contents":[{"parts":[{"text":1}]}]}""", "$.contents[0].parts[0].text must be")]
    [InlineData(SpecNames.BedrockRequest, """{"messages":[{"role":"user","content":[{"text":"x","toolUse":{}}]}]}""", "must have 1 fields at most")]
    [InlineData(SpecNames.BedrockRequest, """{"messages":[{"role":"nobody","content":[]}]}""", "$.messages[0].role must be one of")]
    [InlineData(SpecNames.ResponsesRequest, """{"model":"m","input":[{"type":"function_call","name":"f"}]}""", "$.input[0]")]
    public void Validate_OfEveryVendor_FindsWhatIsWrong(string name, string json, string expected)
        => Book.Validate(name, Encoding.UTF8.GetBytes(json), closed: true)
            .ShouldContain(violation => violation.ToString().Contains(expected), customMessage: Text(name, json));

    [Theory]
    [InlineData(SpecNames.ChatRequest, """{"model":"m","messages":[{"role":"user","content":"x"}],"metadata":{"a":"b"},"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"x":{"type":"string"}}}}}]}""")]
    [InlineData(SpecNames.MessagesRequest, """{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"x"}]}""")]
    [InlineData(SpecNames.GeminiRequest, """{"contents":[{"role":"user","parts":[{"text":"x"}]}],"generationConfig":{"maxOutputTokens":5}}""")]
    [InlineData(SpecNames.BedrockRequest, """{"messages":[{"role":"user","content":[{"text":"x"}]}]}""")]
    [InlineData(SpecNames.ResponsesRequest, """{"model":"m","input":"x"}""")]
    [InlineData(SpecNames.AzureChatRequest, """{"model":"m","messages":[{"role":"user","content":"x"}]}""")]
    [InlineData(SpecNames.AzureDeploymentChatRequest, """{"messages":[{"role":"user","content":"x"}]}""")]
    [InlineData(SpecNames.EmbeddingRequest, """{"model":"m","input":["x"]}""")]
    public void Validate_WhenARequestIsRight_FindsNothing(string name, string json) => ShouldFit(name, json, closed: true);

    [Fact]
    public void Names_AllLeadToASchema()
    {
        foreach (var field in typeof(SpecNames).GetFields())
        {
            Should.NotThrow(() => Book.Validate((string)field.GetRawConstantValue()!, "{}"u8.ToArray()), field.Name);
        }
    }

    private static string Text(string name, string json) => string.Join('\n', Book.Validate(name, Encoding.UTF8.GetBytes(json), closed: true));
}
