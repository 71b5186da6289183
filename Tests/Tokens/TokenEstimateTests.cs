using System.Text;
using Gateway.Llm.Tokens;
using Shouldly;
using Tests.Fixtures;
using Xunit;

namespace Tests.Tokens;

public sealed class TokenEstimateTests
{
    [Theory]
    [InlineData("openai-chat/unary.text.sync-0.json", 16)]
    [InlineData("openai-chat/stream.text.test-openai-simple-request-0.json", 26)]
    public void ForChat_OfARecordedTextRequest_IsWhatOpenAICounted(string name, int counted)
    {
        var fixture = FixtureLibrary.Load(name);
        TokenEstimate.ForChat(fixture.Request.Body!.Value.Span, fixture.Model!).ShouldBe(counted);
    }

    [Fact]
    public void ForChat_OfEscapedText_CountsWhatItSpells()
        => Estimate("""{"messages":[{"role":"user","content":"caf\u00e9\nis \"open\""}]}""")
            .ShouldBe(Estimate("{\"messages\":[{\"role\":\"user\",\"content\":\"\"}]}") + TokenCounter.O200k.Count("café\nis \"open\""u8));

    [Fact]
    public void ForChat_OfTheSameConversationInEveryFormat_CountsTheSame()
    {
        var expected = Estimate("""{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Tell me a story."}]}""");
        Estimate("""{"instructions":"Be brief.","input":"Tell me a story."}""").ShouldBe(expected);
        Estimate("""{"instructions":"Be brief.","input":[{"role":"user","content":[{"type":"input_text","text":"Tell me a story."}]}]}""").ShouldBe(expected);
        Estimate("""{"system":[{"type":"text","text":"Be brief."}],"messages":[{"role":"user","content":"Tell me a story."}]}""").ShouldBe(expected);
        Estimate("""{"systemInstruction":{"parts":[{"text":"Be brief."}]},"contents":[{"role":"user","parts":[{"text":"Tell me a story."}]}]}""").ShouldBe(expected);
        Estimate("""{"system":[{"text":"Be brief."}],"messages":[{"role":"user","content":[{"text":"Tell me a story."}]}]}""").ShouldBe(expected);
    }

    [Fact]
    public void ForChat_OfToolsInEveryFormat_CountsTheSame()
    {
        const string Schema = """{"type":"object","properties":{"name":{"type":"string","description":"A city"},"unit":{"enum":["C","F"]}}}""";
        var expected = Estimate($$$"""{"messages":[],"tools":[{"type":"function","function":{"name":"weather","description":"Now","parameters":{{{Schema}}}}}]}""");
        Estimate($$"""{"input":[],"tools":[{"type":"function","name":"weather","description":"Now","parameters":{{Schema}}}]}""").ShouldBe(expected);
        Estimate($$"""{"messages":[],"tools":[{"name":"weather","description":"Now","input_schema":{{Schema}}}]}""").ShouldBe(expected);
        Estimate($$"""{"contents":[],"tools":[{"functionDeclarations":[{"name":"weather","description":"Now","parameters":{{Schema}}}]}]}""").ShouldBe(expected);
        Estimate($$$$"""{"messages":[],"toolConfig":{"tools":[{"toolSpec":{"name":"weather","description":"Now","inputSchema":{"json":{{{{Schema}}}}}}}],"toolChoice":{"tool":{"name":"weather"} } } }""")
            .ShouldBe(expected);
    }

    [Theory]
    [InlineData("signature")]
    [InlineData("thoughtSignature")]
    [InlineData("some_vendor_blob")]
    public void ForChat_OfAnOpaqueString_DoesNotCountIt(string name)
        => Estimate($$"""{"messages":[{"role":"user","content":[{"type":"text","text":"hi","{{name}}":"{{new string('A', 5000)}}"}]}]}""")
            .ShouldBe(Estimate("""{"messages":[{"role":"user","content":"hi"}]}"""));

    [Theory]
    [InlineData("gpt-4o", 240, 278, 255)] // one tile high and wide
    [InlineData("gpt-4o", 2048, 4096, 1105)] // brought to 768 by 1536
    [InlineData("gpt-4.1-nano", 240, 278, 178)] // 8 by 9 patches, times 2.46
    [InlineData("claude-sonnet-4-5", 750, 1000, 1000)]
    [InlineData("gemini-2.5-flash", 300, 300, 258)]
    public void ForChat_OfAnImageInTheRequest_FollowsTheVendorsRuleForItsSize(string model, int width, int height, int tokens)
    {
        var url = $"data:image/png;base64,{Convert.ToBase64String(Png(width, height))}";
        Image(url, model).ShouldBe(tokens);
    }

    [Fact]
    public void ForChat_OfAnImageByAddress_TakesTheStatedSize() => Image("https://example.com/a.png", "gpt-4o").ShouldBe(765);

    [Fact]
    public void ForChat_OfAnImageInLowDetail_CostsTheBase()
        => (Estimate("""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.com/a.png","detail":"low"}}]}]}""")
            - Estimate("""{"messages":[{"role":"user","content":[]}]}""")).ShouldBe(85);

    [Theory]
    [InlineData("/9j/4AAQSkZJRgABAQAAAQABAAD/2wAEAAH/wgARCADIASwDAREAAhEBAxEB", 300, 200)]
    [InlineData("R0lGODlhLAHIAPAAAP///wAAACH5BAAAAAAALAAAAAAsAcgAAAI=", 300, 200)]
    [InlineData("UklGRiIAAABXRUJQVlA4WAoAAAAQAAAAKwEAxwAAQUxQSAAAAAA=", 300, 200)]
    [InlineData("not an image at all, only some text that is long enough", 0, 0)]
    [InlineData("", 0, 0)]
    public void Read_OfTheHeadOfAnImage_FindsItsSize(string base64, int width, int height)
        => ImageSize.Read(Encoding.ASCII.GetBytes(base64)).ShouldBe(width == 0 ? null : (width, height));

    [Theory]
    [InlineData("gpt-4o", "openai")]
    [InlineData("openai/gpt-4.1", "openai")]
    [InlineData("gpt-4-turbo", "openai-cl100k")]
    [InlineData("gpt-3.5-turbo", "openai-cl100k")]
    [InlineData("gpt-5-mini", "openai-reasoning")]
    [InlineData("o3", "openai-reasoning")]
    [InlineData("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-4.5")]
    [InlineData("claude-opus-4-1", "claude")]
    [InlineData("models/gemini-3-pro-preview", "gemini-3")]
    [InlineData("my-alias", "other")]
    public void ForModel_OfAName_FindsItsFamily(string model, string family) => TokenProfile.ForModel(model).Name.ShouldBe(family);

    [Fact]
    public void ForChat_WhenWarm_AllocatesNothing()
    {
        var body = FixtureLibrary.Load("openai-chat/unary.tool-call.openai-gpt-4o-completions-0.json").Request.Body!.Value.Span;
        var profile = TokenProfile.ForModel("gpt-4o");
        TokenEstimate.ForChat(body, profile);
        TokenEstimate.ForChat(body, profile);
        var before = GC.GetAllocatedBytesForCurrentThread();
        TokenEstimate.ForChat(body, profile);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static long Image(string url, string model)
        => TokenEstimate.ForChat(Encoding.UTF8.GetBytes($$$"""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"{{{url}}}"}}]}]}"""), model)
            - TokenEstimate.ForChat("""{"messages":[{"role":"user","content":[]}]}"""u8, model);

    private static long Estimate(string body) => TokenEstimate.ForChat(Encoding.UTF8.GetBytes(body), "gpt-4o");

    private static byte[] Png(int width, int height)
        => [0x89, .. "PNG\r\n\x1a\n"u8, 0, 0, 0, 13, .. "IHDR"u8, .. BigEndian(width), .. BigEndian(height), 8, 2, 0, 0, 0, 0, 0, 0, 0];

    private static byte[] BigEndian(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
}
