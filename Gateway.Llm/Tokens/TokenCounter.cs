namespace Gateway.Llm.Tokens;

/// <summary>
/// Counts the tokens of UTF-8 text as OpenAI's encodings have them. Special tokens are plain text, as in a prompt. An encoding is loaded at
/// its first use and then stays; counting allocates nothing.
/// </summary>
public sealed class TokenCounter
{
    private static readonly Lazy<TokenCounter> O200kLoader = new(() => new TokenCounter("o200k_base.ranks.br", isO200k: true));
    private static readonly Lazy<TokenCounter> Cl100kLoader = new(() => new TokenCounter("cl100k_base.ranks.br", isO200k: false));

    private readonly RankTable _table;
    private readonly bool _isO200k;

    private TokenCounter(string resource, bool isO200k)
    {
        _table = RankTable.Load(resource);
        _isO200k = isO200k;
    }

    /// <summary>o200k_base: GPT-4o and all later models.</summary>
    public static TokenCounter O200k => O200kLoader.Value;

    /// <summary>cl100k_base: GPT-4 and GPT-3.5.</summary>
    public static TokenCounter Cl100k => Cl100kLoader.Value;

    /// <summary>Bytes that the loaded encoding keeps in memory.</summary>
    public long MemoryBytes => _table.MemoryBytes;

    public int Count(ReadOnlySpan<byte> utf8) => Run(utf8, ids: null);

    /// <summary>Adds the token ids of a text; what <see cref="Count"/> counts.</summary>
    internal void Encode(ReadOnlySpan<byte> utf8, List<int> ids) => Run(utf8, ids);

    private int Run(ReadOnlySpan<byte> text, List<int>? ids)
    {
        Span<int> starts = stackalloc int[PairMerge.ShortPiece + 1];
        Span<int> ranks = stackalloc int[PairMerge.ShortPiece];
        var count = 0;
        for (var position = 0; position < text.Length;)
        {
            var end = _isO200k ? Pieces.O200kEnd(text, position) : Pieces.Cl100kEnd(text, position);
            var piece = text[position..end];
            while (piece.Length > PairMerge.LongestPiece)
            {
                count += PairMerge.Long(_table, piece[..PairMerge.LongestPiece], ids);
                piece = piece[PairMerge.LongestPiece..];
            }

            count += CountPiece(piece, starts, ranks, ids);
            position = end;
        }

        return count;
    }

    private int CountPiece(ReadOnlySpan<byte> piece, Span<int> starts, Span<int> ranks, List<int>? ids)
    {
        var whole = _table.Rank(piece);
        if (whole != RankTable.None)
        {
            ids?.Add(whole);
            return 1;
        }

        if (piece.Length > PairMerge.ShortPiece)
        {
            return PairMerge.Long(_table, piece, ids);
        }

        var parts = PairMerge.Short(_table, piece, starts, ranks);
        for (var i = 0; ids is not null && i < parts; i++)
        {
            ids.Add(_table.Rank(piece[starts[i]..starts[i + 1]]));
        }

        return parts;
    }
}
