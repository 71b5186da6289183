using System.Buffers;

namespace Gateway.Llm.Tokens;

/// <summary>
/// Byte pair merging of one piece: of all adjacent parts, those whose bytes together have the lowest rank become one, until no two
/// have a rank. Short pieces look for the lowest by a plain search, long ones by a heap, so that no piece costs more than n log n.
/// </summary>
internal static class PairMerge
{
    public const int ShortPiece = 96;

    /// <summary>Positions in the heap have 32 bits less those of a rank. Longer pieces, which no language has, are cut: each cut may cost a token.</summary>
    public const int LongestPiece = 1 << PositionBits;

    private const int PositionBits = 32 - RankTable.RankBits;
    private const int Dead = -1;

    /// <summary>Merges up to <see cref="ShortPiece"/> bytes. Returns how many parts are left; their starts stand in <paramref name="starts"/>.</summary>
    public static int Short(RankTable table, ReadOnlySpan<byte> piece, Span<int> starts, Span<int> ranks)
    {
        var parts = piece.Length;
        for (var i = 0; i < parts; i++)
        {
            starts[i] = i;
            ranks[i] = i + 1 < parts ? table.PairRank(piece[i], piece[i + 1]) : RankTable.None;
        }

        starts[parts] = piece.Length;
        while (true)
        {
            var lowest = RankTable.None;
            var at = 0;
            for (var i = 0; i < parts - 1; i++)
            {
                if (ranks[i] < lowest)
                {
                    lowest = ranks[i];
                    at = i;
                }
            }

            if (lowest == RankTable.None)
            {
                return parts;
            }

            starts[(at + 2)..(parts + 1)].CopyTo(starts[(at + 1)..]);
            ranks[(at + 2)..parts].CopyTo(ranks[(at + 1)..]);
            parts--;
            ranks[at] = at + 1 < parts ? table.Rank(piece[starts[at]..starts[at + 2]]) : RankTable.None;
            if (at > 0)
            {
                ranks[at - 1] = table.Rank(piece[starts[at - 1]..starts[at + 1]]);
            }
        }
    }

    /// <summary>As <see cref="Short"/>, for up to <see cref="LongestPiece"/> bytes; <paramref name="ids"/> takes the parts' tokens when it is given.</summary>
    public static int Long(RankTable table, ReadOnlySpan<byte> piece, List<int>? ids)
    {
        var rented = ArrayPool<int>.Shared.Rent(3 * piece.Length);
        var heap = new MergeHeap(2 * piece.Length);
        try
        {
            var next = rented.AsSpan(0, piece.Length);
            var previous = rented.AsSpan(piece.Length, piece.Length);
            var ranks = rented.AsSpan(2 * piece.Length, piece.Length);
            for (var i = 0; i < piece.Length; i++)
            {
                next[i] = i + 1;
                previous[i] = i - 1;
                ranks[i] = i + 1 < piece.Length ? table.PairRank(piece[i], piece[i + 1]) : RankTable.None;
                Push(ref heap, ranks[i], i);
            }

            var parts = piece.Length;
            while (heap.TryPop(out var lowest))
            {
                var at = (int)(lowest & (LongestPiece - 1));
                if (ranks[at] != (int)(lowest >> PositionBits))
                {
                    continue; // One of its two parts has been merged since.
                }

                var absorbed = next[at];
                ranks[absorbed] = Dead;
                next[at] = next[absorbed];
                if (next[at] < piece.Length)
                {
                    previous[next[at]] = at;
                }

                parts--;
                Rerank(table, piece, next, ranks, at, ref heap);
                if (previous[at] >= 0)
                {
                    Rerank(table, piece, next, ranks, previous[at], ref heap);
                }
            }

            for (var i = 0; ids is not null && i < piece.Length; i = next[i])
            {
                ids.Add(table.Rank(piece[i..next[i]]));
            }

            return parts;
        }
        finally
        {
            heap.Return();
            ArrayPool<int>.Shared.Return(rented);
        }
    }

    private static void Rerank(
        RankTable table, ReadOnlySpan<byte> piece, ReadOnlySpan<int> next, Span<int> ranks, int at, ref MergeHeap heap)
    {
        ranks[at] = next[at] < piece.Length ? table.Rank(piece[at..next[next[at]]]) : RankTable.None;
        Push(ref heap, ranks[at], at);
    }

    private static void Push(ref MergeHeap heap, int rank, int position)
    {
        if (rank != RankTable.None)
        {
            heap.Push(((uint)rank << PositionBits) | (uint)position);
        }
    }
}
