using Gateway.Edge.Pipeline;
using Shouldly;
using Xunit;

namespace Tests.Edge;

public sealed class ClientNamesTests
{
    [Theory]
    [InlineData("", "none")]
    [InlineData("OpenAI/Python 2.3.0", "openai-python")]
    [InlineData("AsyncOpenAI/Python 2.3.0", "openai-python")]
    [InlineData("OpenAI/JS 6.1.0", "openai-js")]
    [InlineData("OpenAI/2.8.0 (.NET 10.0.0; Debian)", "openai-dotnet")]
    [InlineData("Anthropic/JS 0.60.0", "anthropic-js")]
    [InlineData("claude-cli/2.0.1 (external, cli)", "claude-code")]
    [InlineData("curl/8.14.1", "curl")]
    [InlineData("<script>alert(1)</script>", "other")]
    [InlineData("a program of our own/1.0 OpenAI/Python", "other")]
    public void Name_WhenAUserAgentIsGiven_IsOneOfAShortList(string userAgent, string expected)
        => ClientNames.Of(userAgent).ShouldBe(expected);
}
