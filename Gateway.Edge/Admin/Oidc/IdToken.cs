using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Gateway.Edge.Admin.Oidc;

/// <summary>A signed token (RFC 7519) in its parts; nothing in it is to be believed before <see cref="FindFault"/> says nothing.</summary>
internal sealed class IdToken
{
    private const int MaxLength = 64 * 1024;

    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);
    private static readonly string[] Algorithms = ["RS256", "ES256"];

    private readonly byte[] _signed;
    private readonly byte[] _signature;
    private readonly string? _algorithm;
    private readonly bool _isCritical;

    private IdToken(byte[] signed, byte[] signature, JsonElement header, JsonElement claims)
    {
        (_signed, _signature, Claims) = (signed, signature, claims);
        (_algorithm, KeyId, _isCritical) = (TextOf(header, "alg"), TextOf(header, "kid"), header.TryGetProperty("crit", out _));
    }

    public string? KeyId { get; }

    public JsonElement Claims { get; }

    public string? Subject => TextOf(Claims, "sub");

    /// <summary>Null for what is no such token.</summary>
    public static IdToken? Parse(string text)
    {
        var parts = text.Split('.');
        if (text.Length > MaxLength || parts.Length != 3 || !parts.All(part => part.Length > 0 && Base64Url.IsValid(part)))
        {
            return null;
        }

        try
        {
            var (header, claims) = (ReadObject(parts[0]), ReadObject(parts[1]));
            return new IdToken(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), header, claims);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Why it is not good, for a person who sets this up; null for a good one.</summary>
    public string? FindFault(IReadOnlyList<OidcKey> keys, string issuer, string clientId, string nonce, DateTimeOffset now)
    {
        if (!Algorithms.Contains(_algorithm, StringComparer.Ordinal) || _isCritical)
        {
            return "its algorithm is not RS256 or ES256, or it asks for more than is understood here";
        }

        if (!keys.Any(key => key.Algorithm == _algorithm && key.Verify(_signed, _signature)))
        {
            return "its signature is not of the provider's keys";
        }

        if (TextOf(Claims, "iss") != issuer)
        {
            return "it is of another issuer";
        }

        var audience = TextsOf(Claims, "aud");
        if (!audience.Contains(clientId, StringComparer.Ordinal) || ((audience.Count > 1 || Claims.TryGetProperty("azp", out _)) && TextOf(Claims, "azp") != clientId))
        {
            return "it is for another client";
        }

        if (TimeOf("exp") is not { } end || end + Skew <= now || (Claims.TryGetProperty("nbf", out _) && !(TimeOf("nbf") - Skew <= now)))
        {
            return "it is too old, or not good yet";
        }

        return TextOf(Claims, "nonce") is { } given && IsSame(given, nonce)
            ? string.IsNullOrEmpty(Subject) ? "it does not say who it is for" : null
            : "it is of another sign-in";
    }

    /// <summary>A claim's texts, one or a list; a name with dots leads into objects, unless there is a claim of the whole name.</summary>
    public static IReadOnlyList<string> TextsOf(JsonElement claims, string name)
    {
        if (!claims.TryGetProperty(name, out var value))
        {
            value = claims;
            foreach (var part in name.Split('.'))
            {
                if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(part, out value))
                {
                    return [];
                }
            }
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => [value.GetString()!],
            JsonValueKind.Array => [.. value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)],
            _ => [],
        };
    }

    public static string? TextOf(JsonElement claims, string name)
        => claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static bool IsSame(string one, string other)
        => CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(one.AsSpan()), MemoryMarshal.AsBytes(other.AsSpan()));

    private DateTimeOffset? TimeOf(string name)
        => Claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds is > 0 and < 1e11
            ? DateTimeOffset.UnixEpoch.AddSeconds(Math.Floor(seconds))
            : null;

    private static JsonElement ReadObject(string part)
    {
        using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(part), new JsonDocumentOptions { AllowDuplicateProperties = false });
        return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : throw new JsonException("No object.");
    }
}
