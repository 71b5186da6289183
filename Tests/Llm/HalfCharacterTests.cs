using System.Text;
using Gateway.Llm.Json;
using Shouldly;
using Xunit;

namespace Tests.Llm;

public sealed class HalfCharacterTests
{
    [Theory]
    [InlineData("""{"t":"a\ud83d"}""", """{"t":"\ude42b"}""", """{"t":"a"}""", """{"t":"\ud83d\ude42b"}""")]
    [InlineData("""{"t":"\uD83D"}""", """{"t":"\uDE42"}""", """{"t":""}""", """{"t":"\uD83D\uDE42"}""")]
    [InlineData("""{"t":"\ud83d\ude42"}""", """{"t":"\ude42"}""", """{"t":"\ud83d\ude42"}""", """{"t":"\ufffd"}""")]
    [InlineData("""{"t":"\\ud83d"}""", """{"t":"x"}""", """{"t":"\\ud83d"}""", """{"t":"x"}""")]
    [InlineData("""{"t":"\udx"}""", """{"t":"\""}""", """{"t":"\udx"}""", """{"t":"\""}""")]
    public void Events_WithHalvesOfCharacters_AreJoined(string first, string second, string expectedFirst, string expectedSecond)
    {
        var halves = new HalfCharacters();

        Encoding.UTF8.GetString(halves.Join(Encoding.UTF8.GetBytes(first))).ShouldBe(expectedFirst);
        Encoding.UTF8.GetString(halves.Join(Encoding.UTF8.GetBytes(second))).ShouldBe(expectedSecond);
    }

    [Fact]
    public void Halves_WhenAnEventComesBetweenThem_AreJoinedAllTheSame()
    {
        var halves = new HalfCharacters();

        halves.Join("\"\\ud83d\""u8);
        halves.Join("{}"u8).ToArray().ShouldBe("{}"u8.ToArray());
        Encoding.UTF8.GetString(halves.Join("\"\\ude42\""u8)).ShouldBe("\"\\ud83d\\ude42\"");
    }

    [Theory]
    [InlineData("""{"t":"a\ud83d"}""", """{"t":"a\ufffd"}""")]
    [InlineData("""{"t":"\ude42"}""", """{"t":"\ufffd"}""")]
    [InlineData("""{"t":"\ud83d\ude42"}""", """{"t":"\ud83d\ude42"}""")]
    public void Body_WithHalfACharacter_HasAReplacement(string body, string expected)
        => Encoding.UTF8.GetString(HalfCharacters.Mend(Encoding.UTF8.GetBytes(body)).Span).ShouldBe(expected);
}
