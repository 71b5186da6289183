using System.Text;
using System.Text.Json;
using Gateway.Llm.Tokens;
using Shouldly;
using Tests.Fixtures;
using Xunit;

namespace Tests.Tokens;

public sealed class TokenCounterTests
{
    private sealed record Vector(string Text, int[] O200k, int[] Cl100k);

    /// <summary>Ids as the reference implementation gives them: its published test plan, corners of the patterns, random text.</summary>
    private static readonly IReadOnlyList<Vector> Vectors =
    [
        .. File.ReadLines(Path.Combine(FixtureLibrary.CommittedFolder, "..", "..", "Tokens", "vectors.jsonl"))
            .Select(line => JsonSerializer.Deserialize<Vector>(line, JsonSerializerOptions.Web)!),
    ];

    [Fact]
    public void Encode_OfEveryVector_GivesItsIdsInBothEncodings()
    {
        Vectors.Count.ShouldBeGreaterThan(300);
        foreach (var vector in Vectors)
        {
            Ids(TokenCounter.O200k, vector.Text).ShouldBe(vector.O200k, ignoreOrder: false, vector.Text);
            Ids(TokenCounter.Cl100k, vector.Text).ShouldBe(vector.Cl100k, ignoreOrder: false, vector.Text);
        }
    }

    [Fact]
    public void Count_OfEveryVector_IsTheNumberOfItsIds()
    {
        foreach (var vector in Vectors)
        {
            var utf8 = Encoding.UTF8.GetBytes(vector.Text);
            TokenCounter.O200k.Count(utf8).ShouldBe(vector.O200k.Length);
            TokenCounter.Cl100k.Count(utf8).ShouldBe(vector.Cl100k.Length);
        }
    }

    [Fact]
    public void Count_OfTextThatNamesSpecialTokens_TakesThemAsText()
        => TokenCounter.O200k.Count("<|endoftext|>"u8).ShouldBeGreaterThan(1);

    [Fact]
    public void Count_OfOneLetterAMillionTimes_CutsThePieceAndAgreesWithinTheCuts()
    {
        var count = TokenCounter.O200k.Count(Enumerable.Repeat((byte)'a', 1 << 20).ToArray());
        var cut = TokenCounter.O200k.Count(Enumerable.Repeat((byte)'a', PairMerge.LongestPiece).ToArray());
        count.ShouldBe(cut * ((1 << 20) / PairMerge.LongestPiece));
    }

    [Theory]
    [InlineData("\xff\xfe\x80 a")]
    [InlineData("caf\xc3")]
    [InlineData("\xed\xa0\x80\xf0\x9f\x98")]
    [InlineData("'\xe2\x82 \xe2\x82")]
    public void Encode_OfBytesThatAreNotUtf8_KeepsEveryByte(string latin1)
    {
        var bytes = Encoding.Latin1.GetBytes(latin1);
        foreach (var counter in new[] { TokenCounter.O200k, TokenCounter.Cl100k })
        {
            counter.Count(bytes).ShouldBeInRange(1, bytes.Length);
        }
    }

    [Fact]
    public void Count_WhenWarm_AllocatesNothing()
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(Vectors.Select(vector => vector.Text)));
        TokenCounter.O200k.Count(text);
        TokenCounter.O200k.Count(text);
        var before = GC.GetAllocatedBytesForCurrentThread();
        TokenCounter.O200k.Count(text);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void MemoryBytes_OfALoadedEncoding_StaysSmall()
    {
        TokenCounter.O200k.MemoryBytes.ShouldBeLessThan(5_000_000);
        TokenCounter.Cl100k.MemoryBytes.ShouldBeLessThan(2_500_000);
    }

    private static int[] Ids(TokenCounter counter, string text)
    {
        var ids = new List<int>();
        counter.Encode(Encoding.UTF8.GetBytes(text), ids);
        return [.. ids];
    }
}
