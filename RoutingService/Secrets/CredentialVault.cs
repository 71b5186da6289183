using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ServiceDefaults.Settings;

namespace RoutingService.Secrets;

/// <summary>
/// Seals provider credentials with AES-256-GCM: <c>version, key id, nonce, tag, ciphertext</c>. The nonce is random for each write, and the
/// row's identity is associated data, so that a sealed credential opens in its own row only. There may be earlier master keys, which open and
/// do not seal.
/// </summary>
internal sealed class CredentialVault(IReadOnlyList<byte[]> masterKeys)
{
    private const byte Version = 1;
    private const int KeyIdLength = 8;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int HeaderLength = 1 + KeyIdLength + NonceLength + TagLength;

    private MasterKey[] _keys = MasterKey.From(masterKeys);

    /// <summary>The ids of all, the current one first: they say which key it is, and nothing of it.</summary>
    public IReadOnlyList<string> KeyIds => [.. Volatile.Read(ref _keys).Select(key => key.Id.ToString("x16", CultureInfo.InvariantCulture))];

    private MasterKey Current => Volatile.Read(ref _keys)[0];

    public void Replace(IReadOnlyList<byte[]> masterKeys) => Volatile.Write(ref _keys, MasterKey.From(masterKeys));

    public byte[] Seal(Guid rowId, string credential)
    {
        var key = Current;
        var plaintext = Encoding.UTF8.GetBytes(credential);
        var result = new byte[HeaderLength + plaintext.Length];
        result[0] = Version;
        BinaryPrimitives.WriteUInt64BigEndian(result.AsSpan(1), key.Id);
        var nonce = result.AsSpan(1 + KeyIdLength, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key.Bytes, TagLength);
        aes.Encrypt(nonce, plaintext, result.AsSpan(HeaderLength), result.AsSpan(HeaderLength - TagLength, TagLength), AssociatedData(rowId));
        CryptographicOperations.ZeroMemory(plaintext);
        return result;
    }

    public bool IsSealedWithCurrent(byte[] sealedCredential) => KeyIdOf(sealedCredential) == Current.Id;

    public ProviderCredential Open(Guid rowId, string providerName, byte[] sealedCredential)
    {
        if (KeyIdOf(sealedCredential) is not { } keyId)
        {
            throw new SettingsException($"The stored credential of provider '{providerName}' is damaged. Enter it again.");
        }

        var key = Array.Find(Volatile.Read(ref _keys), known => known.Id == keyId) ?? throw new SettingsException(
            $"The credential of provider '{providerName}' was sealed with master key {keyId:x16}, "
            + $"and {SecretSetting.EnvironmentName(SecretSetting.MasterKey)} has none of that id. Nothing was changed.");
        var plaintext = new byte[sealedCredential.Length - HeaderLength];
        using var aes = new AesGcm(key.Bytes, TagLength);
        try
        {
            aes.Decrypt(
                sealedCredential.AsSpan(1 + KeyIdLength, NonceLength),
                sealedCredential.AsSpan(HeaderLength),
                sealedCredential.AsSpan(HeaderLength - TagLength, TagLength),
                plaintext,
                AssociatedData(rowId));
        }
        catch (AuthenticationTagMismatchException exception)
        {
            throw new SettingsException($"The stored credential of provider '{providerName}' is damaged or of another row. Enter it again.", exception);
        }

        return new ProviderCredential(Encoding.UTF8.GetString(plaintext));
    }

    /// <summary>What the audit log makes a digest of. One that cannot be opened any more stands for itself: it may still be replaced.</summary>
    public byte[]? Reveal(Guid rowId, byte[]? sealedCredential)
    {
        if (sealedCredential is null)
        {
            return null;
        }

        try
        {
            return Encoding.UTF8.GetBytes(Open(rowId, providerName: "", sealedCredential).Reveal());
        }
        catch (SettingsException)
        {
            return sealedCredential;
        }
    }

    private static ulong? KeyIdOf(byte[] sealedCredential)
        => sealedCredential.Length < HeaderLength || sealedCredential[0] != Version ? null : BinaryPrimitives.ReadUInt64BigEndian(sealedCredential.AsSpan(1));

    private static byte[] AssociatedData(Guid rowId) => Encoding.ASCII.GetBytes($"providers/{rowId:N}/credential/{Version}");

    private sealed record MasterKey(ulong Id, byte[] Bytes)
    {
        public static MasterKey[] From(IEnumerable<byte[]> keys)
            => [.. keys.Select(key => new MasterKey(BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData([.. "master key id"u8, .. key])), key)).DistinctBy(key => key.Id)];
    }
}
