using System.Security.Cryptography;
using System.Text;

namespace BCrypt.Net;

#pragma warning disable CA1724, MA0049 // The published package names its class like its namespace.
public static class BCrypt
#pragma warning restore CA1724, MA0049
{
    private const int DefaultWorkFactor = 11;
    private const char DefaultRevision = 'a';
    private const HashType DefaultEnhancedHashType = HashType.SHA384;
    private const int SaltBytes = 16;
    private const int SaltCharacters = 22;
    private const int DigestBytes = 23;
    private const int MaxInputBytes = 72;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string HashPassword(string inputKey) => HashPassword(inputKey, GenerateSalt());

    public static string HashPassword(string inputKey, int workFactor, bool enhancedEntropy = false)
        => HashPassword(inputKey, GenerateSalt(workFactor), enhancedEntropy);

    public static string HashPassword(string inputKey, string salt) => HashPassword(inputKey, salt, enhancedEntropy: false);

    /// <param name="inputKey">The password. Of a plain hash only the first 72 bytes count.</param>
    /// <param name="salt">From <see cref="GenerateSalt()"/>, or a whole hash, of which the salt is taken.</param>
    /// <param name="enhancedEntropy">Whether to hash the password with <paramref name="hashType"/> first.</param>
    /// <param name="hashType">The digest of an enhanced hash.</param>
    public static string HashPassword(
        string inputKey, string salt, bool enhancedEntropy, HashType hashType = DefaultEnhancedHashType)
    {
        ArgumentNullException.ThrowIfNull(inputKey);
        var settings = BCryptSettings.Parse(salt);
        ArgumentOutOfRangeException.ThrowIfLessThan(salt.Length, BCryptSettings.HeadLength + SaltCharacters, nameof(salt));
        var saltBytes = BCryptBase64.Decode(salt.AsSpan(BCryptSettings.HeadLength, SaltCharacters), SaltBytes);
        var input = InputBytes(inputKey, enhancedEntropy, hashType);
        try
        {
            var digest = Org.BouncyCastle.Crypto.Generators.BCrypt.Generate(input, saltBytes, settings.WorkFactor);
            return $"{settings}${BCryptBase64.Encode(saltBytes)}{BCryptBase64.Encode(digest.AsSpan(0, DigestBytes))}";
        }
        finally
        {
            CryptographicOperations.ZeroMemory(input);
        }
    }

    public static string EnhancedHashPassword(string inputKey) => EnhancedHashPassword(inputKey, DefaultWorkFactor);

    public static string EnhancedHashPassword(string inputKey, int workFactor)
        => EnhancedHashPassword(inputKey, workFactor, DefaultEnhancedHashType);

    public static string EnhancedHashPassword(string inputKey, int workFactor, HashType hashType)
        => HashPassword(inputKey, GenerateSalt(workFactor), enhancedEntropy: true, hashType);

    public static bool Verify(
        string text, string hash, bool enhancedEntropy = false, HashType hashType = DefaultEnhancedHashType)
        => CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(HashPassword(text, hash, enhancedEntropy, hashType)), Encoding.UTF8.GetBytes(hash));

    public static bool EnhancedVerify(string text, string hash, HashType hashType = DefaultEnhancedHashType)
        => Verify(text, hash, enhancedEntropy: true, hashType);

    public static string GenerateSalt() => GenerateSalt(DefaultWorkFactor);

    public static string GenerateSalt(int workFactor, char bcryptMinorRevision = DefaultRevision)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workFactor, BCryptSettings.MinWorkFactor);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(workFactor, BCryptSettings.MaxWorkFactor);
        if (bcryptMinorRevision is not ('a' or 'b' or 'x' or 'y'))
        {
            throw new ArgumentException("BCrypt Revision should be a, b, x or y", nameof(bcryptMinorRevision));
        }

        var settings = new BCryptSettings(bcryptMinorRevision, workFactor);
        return $"{settings}${BCryptBase64.Encode(RandomNumberGenerator.GetBytes(SaltBytes))}";
    }

    public static bool PasswordNeedsRehash(string hash, int newMinimumWorkLoad)
        => BCryptSettings.Parse(hash).WorkFactor < newMinimumWorkLoad;

    public static HashInformation InterrogateHash(string hash)
    {
        try
        {
            return new HashInformation(BCryptSettings.Parse(hash));
        }
        catch (Exception exception) when (exception is SaltParseException or ArgumentException)
        {
            throw new HashInformationException("Error handling string interrogation", exception);
        }
    }

    /// <summary>The bytes that bcrypt sees: UTF-8, a closing NUL, cut at 72.</summary>
    private static byte[] InputBytes(string inputKey, bool enhancedEntropy, HashType hashType)
    {
        var password = StrictUtf8.GetBytes(inputKey);
        if (enhancedEntropy)
        {
            password = Encoding.ASCII.GetBytes(Convert.ToBase64String(Digest(password, hashType)));
        }

        var input = new byte[Math.Min(password.Length + 1, MaxInputBytes)];
        password.AsSpan(0, Math.Min(password.Length, input.Length)).CopyTo(input);
        CryptographicOperations.ZeroMemory(password);
        return input;
    }

    private static byte[] Digest(byte[] password, HashType hashType) => hashType switch
    {
        HashType.SHA256 => SHA256.HashData(password),
        HashType.SHA384 => SHA384.HashData(password),
        HashType.SHA512 => SHA512.HashData(password),
        _ => throw new ArgumentException("An enhanced hash needs a digest.", nameof(hashType)),
    };
}
