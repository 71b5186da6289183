using Gateway.Llm.Tokens;
using Shouldly;
using Xunit;

namespace Tests.Tokens;

public sealed class PairMergeTests
{
    [Fact]
    public void Long_OnPiecesThatShortTakesToo_GivesTheSameTokens()
    {
        var table = RankTable.Load("o200k_base.ranks.br");
        var random = new Random(11);
        var starts = new int[PairMerge.ShortPiece + 1];
        var ranks = new int[PairMerge.ShortPiece];
        var letters = "aabcdeeilnorst"u8.ToArray();
        for (var round = 0; round < 5_000; round++)
        {
            var piece = random.GetItems(letters, random.Next(2, PairMerge.ShortPiece + 1));
            var parts = PairMerge.Short(table, piece, starts, ranks);
            var expected = Enumerable.Range(0, parts).Select(i => table.Rank(piece.AsSpan(starts[i]..starts[i + 1]))).ToList();
            var ids = new List<int>();
            PairMerge.Long(table, piece, ids).ShouldBe(parts);
            ids.ShouldBe(expected);
        }
    }
}
