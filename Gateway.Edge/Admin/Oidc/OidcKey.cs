using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Gateway.Edge.Admin.Oidc;

/// <summary>A public key of the provider's, for one algorithm alone: a token does not choose how it is checked.</summary>
internal sealed class OidcKey
{
    private const int MinRsaBits = 2048;
    private const int P256Length = 32;

    private readonly RSAParameters? _rsa;
    private readonly ECParameters? _curve;

    private OidcKey(string? id, RSAParameters? rsa, ECParameters? curve) => (Id, _rsa, _curve) = (id, rsa, curve);

    public string? Id { get; }

    public string Algorithm => _rsa is null ? "ES256" : "RS256";

    /// <summary>Those of a key set that can check a signature; the others are for something else.</summary>
    public static IReadOnlyList<OidcKey> ReadAll(JsonElement set)
        => set.ValueKind == JsonValueKind.Object && set.TryGetProperty("keys", out var keys) && keys.ValueKind == JsonValueKind.Array
            ? [.. keys.EnumerateArray().Select(Read).OfType<OidcKey>()]
            : [];

    public bool Verify(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        try
        {
            if (_rsa is { } parameters)
            {
                using var rsa = RSA.Create(parameters);
                return rsa.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            }

            using var curve = ECDsa.Create(_curve!.Value);
            return curve.VerifyData(signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        catch (CryptographicException)
        {
            // Numbers that are no key.
            return false;
        }
    }

    private static OidcKey? Read(JsonElement key)
    {
        if (key.ValueKind != JsonValueKind.Object || (TextOf(key, "use") ?? "sig") != "sig")
        {
            return null;
        }

        var (id, algorithm) = (TextOf(key, "kid"), TextOf(key, "alg"));
        return TextOf(key, "kty") switch
        {
            "RSA" when algorithm is null or "RS256" && BytesOf(key, "n") is { } modulus && BytesOf(key, "e") is { } exponent && modulus.Length * 8 >= MinRsaBits
                => new OidcKey(id, new RSAParameters { Modulus = modulus, Exponent = exponent }, null),
            "EC" when algorithm is null or "ES256" && TextOf(key, "crv") == "P-256"
                && BytesOf(key, "x") is { Length: P256Length } x && BytesOf(key, "y") is { Length: P256Length } y
                => new OidcKey(id, null, new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } }),
            _ => null,
        };
    }

    private static byte[]? BytesOf(JsonElement key, string name)
        => TextOf(key, name) is { } text && Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : null;

    private static string? TextOf(JsonElement key, string name)
        => key.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
