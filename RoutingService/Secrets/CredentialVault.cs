using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ServiceDefaults.Settings;

namespace RoutingService.Secrets;

/// <summary>
/// Seals provider credentials with AES-256-GCM: <c>version, key id, nonce, tag, ciphertext</c>. The nonce is random for each write, and the
/// row's identity is associated data, so that a sealed credential opens in its own row only.
/// </summary>
internal sealed class CredentialVault(byte[] masterKey)
{
    private const byte Version = 1;
    private const int KeyIdLength = 8;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int HeaderLength = 1 + KeyIdLength + NonceLength + TagLength;

    private readonly ulong _keyId = BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData([.. "master key id"u8, .. masterKey]));

    public byte[] Seal(Guid providerId, string credential)
    {
        var plaintext = Encoding.UTF8.GetBytes(credential);
        var result = new byte[HeaderLength + plaintext.Length];
        result[0] = Version;
        BinaryPrimitives.WriteUInt64BigEndian(result.AsSpan(1), _keyId);
        var nonce = result.AsSpan(1 + KeyIdLength, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(masterKey, TagLength);
        aes.Encrypt(nonce, plaintext, result.AsSpan(HeaderLength), result.AsSpan(HeaderLength - TagLength, TagLength), AssociatedData(providerId));
        CryptographicOperations.ZeroMemory(plaintext);
        return result;
    }

    public ProviderCredential Open(Guid providerId, string providerName, byte[] sealedCredential)
    {
        if (sealedCredential.Length < HeaderLength || sealedCredential[0] != Version)
        {
            throw new SettingsException($"The stored credential of provider '{providerName}' is damaged. Enter it again.");
        }

        if (BinaryPrimitives.ReadUInt64BigEndian(sealedCredential.AsSpan(1)) != _keyId)
        {
            throw new SettingsException(
                $"The credential of provider '{providerName}' was sealed with master key {Convert.ToHexStringLower(sealedCredential.AsSpan(1, KeyIdLength))}, "
                + $"and {SecretSetting.EnvironmentName(SecretSetting.MasterKey)} is another one. Nothing was changed.");
        }

        var plaintext = new byte[sealedCredential.Length - HeaderLength];
        using var aes = new AesGcm(masterKey, TagLength);
        try
        {
            aes.Decrypt(
                sealedCredential.AsSpan(1 + KeyIdLength, NonceLength),
                sealedCredential.AsSpan(HeaderLength),
                sealedCredential.AsSpan(HeaderLength - TagLength, TagLength),
                plaintext,
                AssociatedData(providerId));
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

    private static byte[] AssociatedData(Guid providerId) => Encoding.ASCII.GetBytes($"providers/{providerId:N}/credential/{Version}");
}
