using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace KeyService.VirtualKeys;

/// <summary>
/// HMAC-SHA-256 of a whole secret under the pepper, which is kept outside the database: whoever has the database alone can neither use
/// nor guess at a key.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct KeyDigest
{
    public const int Length = 32;

    private readonly ulong _first;
    private readonly ulong _second;
    private readonly ulong _third;
    private readonly ulong _fourth;

    private KeyDigest(ReadOnlySpan<byte> bytes)
        => (_first, _second, _third, _fourth) = (
            BitConverter.ToUInt64(bytes),
            BitConverter.ToUInt64(bytes[8..]),
            BitConverter.ToUInt64(bytes[16..]),
            BitConverter.ToUInt64(bytes[24..]));

    public static KeyDigest Compute(byte[] pepper, string secret)
    {
        Span<byte> text = stackalloc byte[256];
        Span<byte> digest = stackalloc byte[Length];
        // Longer than any virtual key; an admin key may be.
        HMACSHA256.HashData(pepper, Encoding.UTF8.TryGetBytes(secret, text, out var written) ? text[..written] : Encoding.UTF8.GetBytes(secret), digest);
        return new KeyDigest(digest);
    }

    public static KeyDigest From(byte[] stored) => new(stored);

    public bool FixedTimeEquals(KeyDigest other)
        => CryptographicOperations.FixedTimeEquals(
            MemoryMarshal.AsBytes(new ReadOnlySpan<KeyDigest>(in this)), MemoryMarshal.AsBytes(new ReadOnlySpan<KeyDigest>(in other)));

    public byte[] ToArray()
    {
        var bytes = new byte[Unsafe.SizeOf<KeyDigest>()];
        MemoryMarshal.Write(bytes, in this);
        return bytes;
    }
}
