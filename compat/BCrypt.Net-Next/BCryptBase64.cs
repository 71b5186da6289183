namespace BCrypt.Net;

/// <summary>bcrypt's own alphabet; bits are taken in the order of usual Base64, without padding.</summary>
internal static class BCryptBase64
{
    private const string Alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var characters = new char[((bytes.Length * 8) + 5) / 6];
        for (var index = 0; index < characters.Length; index++)
        {
            var firstBit = index * 6;
            var high = bytes[firstBit / 8] << 8;
            var pair = high | (firstBit / 8 + 1 < bytes.Length ? bytes[firstBit / 8 + 1] : 0);
            characters[index] = Alphabet[(pair >> (10 - firstBit % 8)) & 0x3F];
        }

        return new string(characters);
    }

    public static byte[] Decode(ReadOnlySpan<char> characters, int byteCount)
    {
        var bytes = new byte[byteCount];
        for (var index = 0; index < characters.Length; index++)
        {
            var value = Alphabet.IndexOf(characters[index], StringComparison.Ordinal);
            if (value < 0)
            {
                throw new ArgumentException($"'{characters[index]}' is not in bcrypt's alphabet.", nameof(characters));
            }

            var firstBit = index * 6;
            var pair = value << (10 - firstBit % 8);
            bytes[firstBit / 8] |= (byte)(pair >> 8);
            if (firstBit / 8 + 1 < byteCount)
            {
                bytes[firstBit / 8 + 1] |= (byte)pair;
            }
        }

        return bytes;
    }
}
