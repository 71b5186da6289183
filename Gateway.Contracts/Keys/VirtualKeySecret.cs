using System.Numerics;
using System.Security.Cryptography;

namespace Gateway.Contracts.Keys;

/// <summary>
/// The form of a virtual key: <c>sk-gw-</c>, 43 base-62 digits of 256 random bits, 6 base-62 digits of a CRC-32C over all before them.
/// The checksum lets the Edge refuse a mistyped key without asking anyone, and secret scanners tell a real key from a look-alike.
/// </summary>
public static class VirtualKeySecret
{
    public const string Prefix = "sk-gw-";
    public const int Length = 55;
    public const int MaxForeignLength = 256;

    private const int RandomDigits = 43;
    private const int ChecksumDigits = 6;
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public static string Create()
    {
        var number = new BigInteger(RandomNumberGenerator.GetBytes(32), isUnsigned: true);
        return string.Create(Length, number, static (key, value) =>
        {
            Prefix.CopyTo(key);
            for (var i = Prefix.Length + RandomDigits - 1; i >= Prefix.Length; i--)
            {
                value = BigInteger.DivRem(value, Digits.Length, out var digit);
                key[i] = Digits[(int)digit];
            }

            WriteChecksum(key[..^ChecksumDigits], key[^ChecksumDigits..]);
        });
    }

    public static bool IsWellFormed(ReadOnlySpan<char> key)
    {
        if (key.Length != Length || !key.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        Span<char> expected = stackalloc char[ChecksumDigits];
        WriteChecksum(key[..^ChecksumDigits], expected);
        return key[^ChecksumDigits..].SequenceEqual(expected);
    }

    /// <summary>It may have been made elsewhere, and nothing in it says so: whether it is known must be asked. A mistyped key of ours is none.</summary>
    public static bool MayBeForeign(string? key)
        => key is { Length: > 0 and <= MaxForeignLength }
            && !key.StartsWith(Prefix, StringComparison.Ordinal)
            && !key.AsSpan().ContainsAnyExceptInRange('!', '~');

    /// <summary>The start of a key, by which its owner knows it again.</summary>
    public static string VisibleStart(string key) => IsWellFormed(key) ? key[..12] : key[..Math.Min(12, key.Length / 8)] + "…";

    /// <summary>What lists and logs may show of a key. A foreign one may be short, and easy to complete.</summary>
    public static string Mask(string key)
        => key.Length < 16 ? "sk-…"
            : key.StartsWith(Prefix, StringComparison.Ordinal) || key.Length >= 40 ? $"{key[..10]}…{key[^4..]}"
            : $"{key[..(key.Length / 8)]}…{key[^(key.Length / 8)..]}";

    private static void WriteChecksum(ReadOnlySpan<char> text, Span<char> checksum)
    {
        var crc = uint.MaxValue;
        foreach (var character in text)
        {
            // A character outside ASCII cannot be in a key; its low byte alone would let it pass as another one.
            crc = BitOperations.Crc32C(crc, character);
        }

        crc = ~crc;
        for (var i = checksum.Length - 1; i >= 0; i--)
        {
            (crc, var digit) = Math.DivRem(crc, (uint)Digits.Length);
            checksum[i] = Digits[(int)digit];
        }
    }
}
