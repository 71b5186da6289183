using Gateway.Llm;
using Gateway.Llm.ChatCompletions;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Llm;

/// <summary>Every file of the JSON test suite: a request is scanned or refused, and nothing else happens.</summary>
public sealed class HostileJsonTests
{
    [Theory]
    [InlineData("n_*")]
    [InlineData("y_*")]
    [InlineData("i_*")]
    public void Scan_WhenAFileIsTheBody_IsRefused(string pattern)
    {
        foreach (var (name, content) in Files(pattern))
        {
            // None of them has messages: also what is JSON is no request.
            Should.Throw<InvalidRequestException>(() => ChatRequestScanner.Scan(content), name);
        }
    }

    [Fact]
    public void Scan_WhenAValidFileIsAValueInside_IsAcceptedAndCanBeRead()
    {
        foreach (var (name, content) in Files("y_*"))
        {
            TryScanAsUnknownField(content).ShouldBeTrue(name);
        }
    }

    [Theory]
    [InlineData("i_*")]
    [InlineData("n_*")]
    public void Scan_WhenADoubtfulFileIsAValueInside_IsAcceptedOrRefused(string pattern)
    {
        foreach (var (name, content) in Files(pattern))
        {
            Should.NotThrow(() => TryScanAsUnknownField(content), name);
        }
    }

    [Fact]
    public void Scan_WhenABrokenFileIsAValueInside_IsRefused()
    {
        // Some are broken only in what stands around the value, which the request's own braces put right.
        string[] healed = ["n_object_trailing_comment_slash_open.json", "n_single_space.json", "n_structure_no_data.json"];
        foreach (var (name, content) in Files("n_*"))
        {
            if (!healed.Contains(name) && TryScanAsUnknownField(content))
            {
                // A value that closes the request early would let a second one follow it: none of the suite does.
                name.ShouldBeOneOf("n_structure_trailing_#.json");
            }
        }
    }

    private static bool TryScanAsUnknownField(byte[] content)
    {
        byte[] body = [.. "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"an_unknown_field\":"u8, .. content, .. "}"u8];
        try
        {
            // What the scanner lets through is also read by the canonical reader, which the simulated provider needs.
            ChatRequestReader.Read(body).Messages.Count.ShouldBe(1);
            return true;
        }
        catch (InvalidRequestException)
        {
            return false;
        }
    }

    [Fact]
    public void Scan_WhenANaughtyStringIsContentModelAndUser_GivesItBackUnchanged()
    {
        var file = Path.Combine(Repository.Corpora ?? "", "naughty-strings", "blns.json");
        Assert.SkipUnless(File.Exists(file), "The corpora are not here: set GATEWAY_CORPORA, or put them in ../shared/corpora.");
        foreach (var text in System.Text.Json.JsonSerializer.Deserialize<string[]>(File.ReadAllText(file))!)
        {
            var body = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
                new { model = text, user = text, messages = new[] { new { role = "user", content = text } } });

            var scan = ChatRequestScanner.Scan(body);

            scan.Model.ShouldBe(text);
            scan.EndUser.ShouldBe(text);
            ChatRequestReader.Read(body).Messages[0].Text.ShouldBe(text);
        }
    }

    private static IEnumerable<(string Name, byte[] Content)> Files(string pattern)
    {
        var folder = Path.Combine(Repository.Corpora ?? "", "jsontestsuite", "test_parsing");
        Assert.SkipUnless(Directory.Exists(folder), "The corpora are not here: set GATEWAY_CORPORA, or put them in ../shared/corpora.");
        return Directory.GetFiles(folder, pattern + ".json").Select(file => (Path.GetFileName(file), File.ReadAllBytes(file)));
    }
}
