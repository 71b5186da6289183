using System.Text.Json;

namespace Gateway.Edge.Admin.Oidc;

/// <summary>The part of OpenID Connect Discovery 1.0 that a sign-in needs.</summary>
/// <param name="TakesBasic">The client's secret in a header, which is the default of the specification.</param>
internal sealed record OidcDiscovery(string AuthorizationEndpoint, string TokenEndpoint, string KeysUri, bool TakesBasic)
{
    /// <summary>Null for a document of another issuer, and for one that cannot be relied on.</summary>
    public static OidcDiscovery? Read(JsonElement document, string issuer)
    {
        if (document.ValueKind != JsonValueKind.Object || TextOf(document, "issuer") != issuer)
        {
            return null;
        }

        var (authorize, token, keys) = (TextOf(document, "authorization_endpoint"), TextOf(document, "token_endpoint"), TextOf(document, "jwks_uri"));
        return OidcOptions.IsSafe(authorize) && OidcOptions.IsSafe(token) && OidcOptions.IsSafe(keys)
            ? new OidcDiscovery(authorize!, token!, keys!, TakesBasicOf(document))
            : null;
    }

    private static bool TakesBasicOf(JsonElement document)
        => !document.TryGetProperty("token_endpoint_auth_methods_supported", out var methods) || methods.ValueKind != JsonValueKind.Array
            || methods.EnumerateArray().Any(method => method.ValueKind == JsonValueKind.String && method.ValueEquals("client_secret_basic"));

    private static string? TextOf(JsonElement document, string name)
        => document.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
