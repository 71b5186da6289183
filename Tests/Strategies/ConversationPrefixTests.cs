using System.Text;
using RoutingService.Strategies;
using Shouldly;
using Xunit;

namespace Tests.Strategies;

public sealed class ConversationPrefixTests
{
    [Theory]
    [InlineData(
        """{"messages":[{"role":"developer","content":"D"},{"role":"user","content":"U"}],"tools":[{"type":"function"}]}""",
        """{"tools":[{"type": "function"}], "stream":true, "messages":[{"role":"developer","content":"D"}, {"role":"user","content":"U"},{"role":"assistant","content":"A"}]}""")]
    [InlineData(
        """{"system":[{"type":"text","text":"S","cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":[{"type":"text","text":"U","cache_control":{"type":"ephemeral","ttl":"1h"}}]}]}""",
        """{"system":[{"type":"text","text":"S"}],"messages":[{"role":"user","content":[{"type":"text","text":"U"}]},{"role":"assistant","content":"A"}],"max_tokens":9}""")]
    [InlineData(
        """{"instructions":"I","input":[{"role":"user","content":"U"}]}""",
        """{"instructions":"I","input":[{"role":"user","content":"U"},{"type":"function_call","name":"f"},{"role":"user","content":"V"}],"tools":null}""")]
    [InlineData("""{"input":"U"}""", """{"model":"m","input":"U","store":false}""")]
    public void Read_WhenTheBeginningIsTheSame_IsTheSame(string one, string other) => Read(one).ShouldNotBeNull().ShouldBe(Read(other).ShouldNotBeNull());

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"U"}]}""", """{"messages":[{"role":"user","content":"V"}]}""")]
    [InlineData("""{"messages":[{"role":"user","content":"U"}]}""", """{"system":"S","messages":[{"role":"user","content":"U"}]}""")]
    [InlineData("""{"system":"S","messages":[{"role":"user","content":"U"}]}""", """{"system":"T","messages":[{"role":"user","content":"U"}]}""")]
    [InlineData(
        """{"tools":[{"name":"f"}],"messages":[{"role":"user","content":"U"}]}""",
        """{"tools":[{"name":"g"}],"messages":[{"role":"user","content":"U"}]}""")]
    [InlineData(
        """{"messages":[{"role":"system","content":"S"},{"role":"user","content":"U"}]}""",
        """{"messages":[{"role":"system","content":"S"},{"role":"user","content":"V"}]}""")]
    [InlineData("""{"instructions":"I","input":"U"}""", """{"instructions":"J","input":"U"}""")]
    [InlineData("""{"input":"12345678"}""", """{"input":"123456789"}""")]
    [InlineData("""{"instructions":"I","input":"J"}""", """{"instructions":"J","input":"I"}""")]
    public void Read_WhenTheBeginningDiffers_Differs(string one, string other) => Read(one).ShouldNotBe(Read(other));

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"model":"m","messages":null}""")]
    [InlineData("""{"system":"S"}""")]
    [InlineData("--boundary")]
    public void Read_WhenThereIsNoConversation_IsNull(string body) => Read(body).ShouldBeNull();

    private static ulong? Read(string body) => ConversationPrefix.Read(Encoding.UTF8.GetBytes(body));
}
