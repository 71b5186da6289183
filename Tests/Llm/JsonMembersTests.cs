using System.Text;
using Gateway.Llm.Json;
using Shouldly;
using Xunit;

namespace Tests.Llm;

public sealed class JsonMembersTests
{
    [Theory]
    [InlineData("""{"store":true}""", "true")]
    [InlineData("""{"a":{"store":1},"store" : [1,2] ,"b":2}""", "[1,2]")]
    [InlineData("""{"st\u006fre":"escaped"}""", "\"escaped\"")]
    [InlineData("""{"store":1,"store":2}""", "2")]
    [InlineData("""{"store":1,"st\u006fre":2}""", "2")]
    [InlineData("""{"store":null}""", "")]
    [InlineData("""{"stor":1,"stores":2,"Store":3}""", "")]
    [InlineData("{}", "")]
    public void Value_OfAName_IsFoundHoweverItIsWritten(string json, string expected)
        => Encoding.UTF8.GetString(Read(json).Value("store").Span).ShouldBe(expected);

    [Theory]
    [InlineData("schlüssel")]
    [InlineData("名前")]
    [InlineData("a name that is longer than all of those that the protocols have, and longer than what fits on the stack")]
    public void Value_OfAnyName_IsFound(string name)
        => Encoding.UTF8.GetString(Read($$"""{"a":0,"{{name}}":7}""").Value(name).Span).ShouldBe("7");

    [Theory]
    [InlineData("{}", """{"store":false,"id":"x"}""")]
    [InlineData("""{"a":1}""", """{"store":false,"id":"x","a":1}""")]
    [InlineData("""{ "id" : 1, "a":1 }""", """{"store":false, "id" : "x", "a":1 }""")]
    [InlineData("""{"store":null,"\u0069d":[{}]}""", """{"store":false,"\u0069d":"x"}""")]
    public void Object_WithOtherValues_IsOtherwiseAsItWas(string json, string expected)
        => Encoding.UTF8.GetString(Read(json).With(("id", "\"x\""u8.ToArray()), ("store", "false"u8.ToArray()))).ShouldBe(expected);

    private static JsonMembers Read(string json) => JsonMembers.Read(Encoding.UTF8.GetBytes(json));
}
