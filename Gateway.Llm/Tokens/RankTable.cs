using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Gateway.Llm.Tokens;

/// <summary>
/// The tokens of one encoding: their bytes in one array, and an open-addressing hash table over it. A slot holds the rank and, in the
/// bits that are left, a part of the hash, so that most misses end without a look at the bytes.
/// </summary>
internal sealed class RankTable
{
    /// <summary>No token.</summary>
    public const int None = int.MaxValue;

    /// <summary>Ranks stay below 2^18; the encodings have at most 199,998.</summary>
    public const int RankBits = 18;

    private const uint EmptySlot = uint.MaxValue;
    private const int TagBits = 32 - RankBits;
    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    private readonly byte[] _bytes;
    private readonly int[] _starts;
    private readonly uint[] _slots;
    private readonly int[] _pairs;

    private RankTable(byte[] bytes, int[] starts, int longest)
    {
        _bytes = bytes;
        _starts = starts;
        LongestToken = longest;
        _slots = new uint[BitOperations.RoundUpToPowerOf2((uint)starts.Length) * 2];
        _pairs = new int[1 << 16];
        Array.Fill(_slots, EmptySlot);
        Array.Fill(_pairs, None);
        for (var rank = 0; rank < starts.Length - 1; rank++)
        {
            Add(rank);
        }
    }

    public int LongestToken { get; }

    /// <summary>Bytes that this table keeps in memory.</summary>
    public long MemoryBytes => _bytes.Length + (sizeof(int) * ((long)_starts.Length + _slots.Length + _pairs.Length));

    public static RankTable Load(string resource)
    {
        using var packed = typeof(RankTable).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The resource '{resource}' is not in {typeof(RankTable).Assembly.GetName().Name}.");
        using var stream = new BrotliStream(packed, CompressionMode.Decompress);
        Span<byte> head = stackalloc byte[sizeof(int)];
        stream.ReadExactly(head);
        var lengths = new byte[BinaryPrimitives.ReadInt32LittleEndian(head)];
        stream.ReadExactly(lengths);
        var starts = new int[lengths.Length + 1];
        for (var rank = 0; rank < lengths.Length; rank++)
        {
            starts[rank + 1] = starts[rank] + lengths[rank];
        }

        var bytes = new byte[starts[^1]];
        stream.ReadExactly(bytes);
        return new RankTable(bytes, starts, lengths.Max());
    }

    /// <summary>The rank of two adjacent bytes.</summary>
    public int PairRank(byte first, byte second) => _pairs[(first << 8) | second];

    /// <summary>The rank of a token, which is its id, or <see cref="None"/>.</summary>
    public int Rank(ReadOnlySpan<byte> token)
    {
        if (token.Length > LongestToken)
        {
            return None;
        }

        var hash = Hash(token);
        var slots = _slots;
        var tag = (uint)hash & ((1u << TagBits) - 1);
        for (var slot = hash >> RankBits; ; slot++)
        {
            var entry = slots[(int)(slot & (uint)(slots.Length - 1))];
            if (entry == EmptySlot)
            {
                return None;
            }

            if (entry >> RankBits == tag)
            {
                var rank = (int)(entry & ((1u << RankBits) - 1));
                if (Bytes(rank).SequenceEqual(token))
                {
                    return rank;
                }
            }
        }
    }

    private ReadOnlySpan<byte> Bytes(int rank) => _bytes.AsSpan(_starts[rank].._starts[rank + 1]);

    private void Add(int rank)
    {
        var token = Bytes(rank);
        if (token.Length == 2)
        {
            _pairs[(token[0] << 8) | token[1]] = rank;
        }

        var hash = Hash(token);
        var slot = hash >> RankBits;
        while (_slots[(int)(slot & (uint)(_slots.Length - 1))] != EmptySlot)
        {
            slot++;
        }

        _slots[(int)(slot & (uint)(_slots.Length - 1))] = ((uint)hash << RankBits) | (uint)rank;
    }

    /// <summary>Multiplies and folds eight bytes at a time; the tail overlaps. Only built-in tokens are stored, so nobody can crowd a slot.</summary>
    private static ulong Hash(ReadOnlySpan<byte> token)
    {
        var hash = (ulong)token.Length * Multiplier;
        while (token.Length > 8)
        {
            hash = Mix(hash ^ MemoryMarshal.Read<ulong>(token));
            token = token[8..];
        }

        var tail = token.Length switch
        {
            8 => MemoryMarshal.Read<ulong>(token),
            >= 4 => (ulong)MemoryMarshal.Read<uint>(token) | ((ulong)MemoryMarshal.Read<uint>(token[^4..]) << 32),
            > 0 => (ulong)token[0] | ((ulong)token[token.Length >> 1] << 8) | ((ulong)token[^1] << 16),
            _ => 0UL,
        };
        return Mix(hash ^ tail);
    }

    private static ulong Mix(ulong value)
    {
        var high = Math.BigMul(value, Multiplier, out var low);
        return high ^ low;
    }
}
