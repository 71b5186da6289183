using System.Text;
using System.Text.Json.Nodes;
using Gateway.Contracts;
using Gateway.Contracts.Routing;
using Gateway.Edge.Calls;
using RoutingService.Providers;
using RoutingService.Providers.Exchanges;
using RoutingService.Providers.OpenAICompatible;
using RoutingService.Snapshots;
using Shouldly;
using Tests.Fixtures;
using Xunit;

namespace Tests.Routing;

public sealed class ChatSpliceTests
{
    private const string Messages = "\"messages\":[]";

    [Theory]
    [InlineData("{\"model\":\"a\",M}", "{\"model\":\"b\",M}")]
    [InlineData("{M, \"model\" : \"a\" }", "{M, \"model\" : \"b\" }")]
    [InlineData("{\"mod\\u0065l\":\"\\u0061\",M}", "{\"mod\\u0065l\":\"b\",M}")]
    [InlineData("{\"model\":\"a\",\"stream\":false,M}", "{\"model\":\"b\",\"stream\":false,M}")]
    [InlineData("{\"model\":\"a\",\"stream\":true,M}", "{\"model\":\"b\",\"stream_options\":{\"include_usage\":true},\"stream\":true,M}")]
    [InlineData("{\"stream\":true,M,\"model\":\"a\"}", "{\"stream\":true,M,\"model\":\"b\",\"stream_options\":{\"include_usage\":true}}")]
    [InlineData("{\"model\":\"a\",\"stream\":true,\"stream_options\":null,M}", "{\"model\":\"b\",\"stream\":true,\"stream_options\":{\"include_usage\":true},M}")]
    [InlineData("{\"stream_options\":null,\"stream\":true,\"model\":\"a\",M}", "{\"stream_options\":{\"include_usage\":true},\"stream\":true,\"model\":\"b\",M}")]
    [InlineData("{\"model\":\"a\",\"stream\":true,\"stream_options\":{},M}", "{\"model\":\"b\",\"stream\":true,\"stream_options\":{\"include_usage\":true},M}")]
    [InlineData("{\"model\":\"a\",\"stream\":true,\"stream_options\":{ \n },M}", "{\"model\":\"b\",\"stream\":true,\"stream_options\":{\"include_usage\":true \n },M}")]
    [InlineData("{\"model\":\"a\",\"stream\":true,\"stream_options\":{ \"x\":1},M}", "{\"model\":\"b\",\"stream\":true,\"stream_options\":{\"include_usage\":true, \"x\":1},M}")]
    [InlineData("{\"model\":\"a\",\"stream\":true,\"stream_options\":{\"include_usage\":false},M}", "{\"model\":\"b\",\"stream\":true,\"stream_options\":{\"include_usage\":true},M}")]
    [InlineData("{\"model\":\"a\",\"stream\":true,\"stream_options\":{\"x\":{},\"include_usage\": null },M}", "{\"model\":\"b\",\"stream\":true,\"stream_options\":{\"x\":{},\"include_usage\": true },M}")]
    [InlineData("{\"stream_options\":{\"include_usage\":false},\"stream\":true,\"model\":\"a\",M}", "{\"stream_options\":{\"include_usage\":true},\"stream\":true,\"model\":\"b\",M}")]
    [InlineData("{\"model\":\"a\",\"stream\":true,\"stream_options\":{\"include_usage\":true},M}", "{\"model\":\"b\",\"stream\":true,\"stream_options\":{\"include_usage\":true},M}")]
    public async Task Splice_WhenOfEachVariant_ChangesTheModelAndTheWishForUsageAlone(string body, string expected)
        => Encoding.UTF8.GetString(await SpliceAsync(Encoding.UTF8.GetBytes(body.Replace("M", Messages, StringComparison.Ordinal)), "b"))
            .ShouldBe(expected.Replace("M", Messages, StringComparison.Ordinal));

    [Theory]
    [InlineData("mod\"el\\ \u0001é😀")]
    [InlineData("")]
    public async Task Splice_WhenTheModelHasOddCharacters_IsStillJson(string model)
        => JsonNode.Parse(await SpliceAsync(Encoding.UTF8.GetBytes($"{{\"model\":\"a\",{Messages}}}"), model))!["model"]!.GetValue<string>().ShouldBe(model);

    [Theory]
    [MemberData(nameof(FixtureLibrary.Files), "openai-chat", MemberType = typeof(FixtureLibrary))]
    public async Task Splice_WhenOfARecordedRequest_LeavesAllElseAsItWas(string file)
    {
        if (FixtureLibrary.Load(file).Request.Body is not { } body)
        {
            return;
        }

        var spliced = JsonNode.Parse(await SpliceAsync(body, "the-target"))!.AsObject();

        var expected = JsonNode.Parse(body.Span)!.AsObject();
        expected["model"] = "the-target";
        if (expected["stream"]?.GetValue<bool>() == true)
        {
            expected["stream_options"] ??= new JsonObject();
            expected["stream_options"]!["include_usage"] = true;
        }

        JsonNode.DeepEquals(spliced, expected).ShouldBeTrue(spliced.ToJsonString());
    }

    private static async Task<byte[]> SpliceAsync(ReadOnlyMemory<byte> body, string model)
    {
        var request = new DispatchRequest { CallId = Guid.NewGuid(), KeyId = Guid.NewGuid(), Format = ClientFormat.Chat, Facts = FactsReader.Read(Gateway.Llm.ChatCompletions.ChatFormat.Instance, body) };
        var target = new Target(new ProviderTarget("p", null!, null, IsLocal: true, Credential: null), model);
        using var content = new SplicedContent(body, ChatSplice.Plan(new ProviderCall(request, body, target)));

        var bytes = await content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        content.Headers.ContentLength.ShouldBe(bytes.Length);
        return bytes;
    }
}
