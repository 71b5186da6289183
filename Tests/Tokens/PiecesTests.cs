using System.Text;
using System.Text.RegularExpressions;
using Gateway.Llm.Tokens;
using Shouldly;
using Xunit;

namespace Tests.Tokens;

/// <summary>The hand-written scanner against the patterns that it replaces. The regex sees UTF-16, so all text here is of the basic plane.</summary>
public sealed partial class PiecesTests
{
    private static readonly string[] Alphabets =
    [
        "abcdefghijklmnopqrstuvwxyz", "ABCXYZ", "0123456789", " ", " \t\r\n\v", ".,;:!?/()'\"-_=+*#@<>", "'s't're've'm'll'd'S'LL'rE",
        "éèàüßÉÈÀØ", "ǅǈʰˢªº", "\u0300\u0301\u0903\u20dd", "漢字かなไทยहि", "абвАБВ", "١٢½Ⅷ", "\u00a0\u2003\u3000\u2029\u0085\u1680", "\u0001\u007f\u200b\ufeff€",
    ];

    [Fact]
    public void Cl100kEnd_OnRandomText_CutsAsThePattern() => CompareOnRandomText(Cl100kPattern(), isO200k: false);

    [Fact]
    public void O200kEnd_OnRandomText_CutsAsThePattern() => CompareOnRandomText(O200kPattern(), isO200k: true);

    private static void CompareOnRandomText(Regex pattern, bool isO200k)
    {
        var random = new Random(7);
        for (var round = 0; round < 30_000; round++)
        {
            var some = random.GetItems(Alphabets, 1 + random.Next(4));
            var builder = new StringBuilder();
            for (var i = random.Next(1, 24); i > 0; i--)
            {
                var alphabet = some[random.Next(some.Length)];
                builder.Append(alphabet[random.Next(alphabet.Length)]);
            }

            var text = builder.ToString();
            Cut(text, isO200k).ShouldBe(pattern.Matches(text).Select(match => match.Value), text);
        }
    }

    private static List<string> Cut(string text, bool isO200k)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var pieces = new List<string>();
        for (var position = 0; position < utf8.Length;)
        {
            var end = isO200k ? Pieces.O200kEnd(utf8, position) : Pieces.Cl100kEnd(utf8, position);
            pieces.Add(Encoding.UTF8.GetString(utf8, position, end - position));
            position = end;
        }

        return pieces;
    }

    [GeneratedRegex(@"'(?:[sStTmMdD]|[rR][eE]|[vV][eE]|[lL][lL])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")]
    private static partial Regex Cl100kPattern();

    [GeneratedRegex(
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?:'(?:[sStTmMdD]|[rR][eE]|[vV][eE]|[lL][lL]))?"
        + @"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?:'(?:[sStTmMdD]|[rR][eE]|[vV][eE]|[lL][lL]))?"
        + @"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")]
    private static partial Regex O200kPattern();
}
