using System.Text.Json;
using Shouldly;
using Xunit;

namespace Tests.Fixtures;

public sealed class FixtureTests
{
    public static IEnumerable<TheoryDataRow<string>> All =>
        new[] { "openai-chat", "openai-responses", "anthropic", "gemini", "bedrock", "azure" }.SelectMany(FixtureLibrary.Files);

    [Theory]
    [MemberData(nameof(All))]
    public void Fixture_WhenLoaded_HasRequestAndAnswer(string file)
    {
        var fixture = FixtureLibrary.Load(file);

        $"{fixture.Id}.json".ShouldBe(file);
        fixture.Status.ShouldBeInRange(200, 599);
        fixture.Kinds.ShouldNotBeEmpty();
        fixture.ReplayHeaders.Keys.ShouldContain("content-type");
        fixture.ReplayHeaders.Keys.ShouldNotContain("transfer-encoding");
    }

    [Fact]
    public void Fixture_WhenBodyIsText_IsReplayedAsItStands()
    {
        const string File = "openai-chat/stream.text.test-openai-simple-request-0.json";
        using var document = JsonDocument.Parse(System.IO.File.ReadAllBytes(Path.Combine(FixtureLibrary.CommittedFolder, File)));

        var fixture = FixtureLibrary.Load(File);

        fixture.ReplayText.ShouldBe(document.RootElement.GetProperty("response").GetProperty("body_text").GetString());
        fixture.IsExact.ShouldBeTrue();
        fixture.IsStream.ShouldBeTrue();
    }

    [Fact]
    public void Fixture_WhenBodyIsParsedJson_IsWrittenCompactly()
    {
        var fixture = FixtureLibrary.Load("openai-chat/unary.error-429.rate-limit-429-0.json");

        fixture.ReplayText.ShouldStartWith("{\"error\":{\"message\":\"Rate limit reached for o4-mini in organization org-x");
        fixture.IsExact.ShouldBeFalse();
        fixture.Status.ShouldBe(429);
    }

    [Theory]
    [MemberData(nameof(FixtureLibrary.FilesOfKind), "openai-chat", "error-in-stream", MemberType = typeof(FixtureLibrary))]
    public void Library_WhenAskedForAKind_GivesThatKind(string file)
        => FixtureLibrary.Load(file).Kinds.ShouldContain("error-in-stream");

    [Fact]
    public void Library_WhenWhole_HasEveryProvider()
    {
        FixtureLibrary.RequireWhole();

        Directory.GetFiles(FixtureLibrary.WholeFolder!, "*.json", SearchOption.AllDirectories).Length.ShouldBeGreaterThan(900);
    }
}
