using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Tests.TestKit;

namespace Tests.Identity;

/// <summary>An identity provider on this machine that signs whatever the test wants it to say.</summary>
internal sealed class FakeIssuer : IAsyncDisposable
{
    private readonly Dictionary<string, (string Nonce, string Challenge)> _codes = new(StringComparer.Ordinal);
    private LoopbackApp _app = null!;

    public string Url { get; private set; } = "";

    /// <summary>Of the signing key; a new one takes the place of the old.</summary>
    public string KeyId { get; private set; } = "";

    public RSA Rsa { get; private set; } = RSA.Create(2048);

    public ECDsa Curve { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string Algorithm { get; set; } = "RS256";

    /// <summary>What is said of itself, changed by the test.</summary>
    public Action<JsonObject> ChangeDiscovery { get; set; } = _ => { };

    public Action<JsonObject> ChangeHeader { get; set; } = _ => { };

    public Action<JsonObject> ChangeClaims { get; set; } = _ => { };

    public Func<string, string> ChangeToken { get; set; } = token => token;

    public int KeyReads { get; private set; }

    public JsonObject? Claims { get; set; }

    public static async Task<FakeIssuer> StartAsync()
    {
        var issuer = new FakeIssuer();
        issuer.Rotate();
        issuer._app = await LoopbackApp.StartAsync(_ => { }, app =>
        {
            app.MapGet("/.well-known/openid-configuration", issuer.Discover);
            app.MapGet("/keys", issuer.Keys);
            app.MapPost("/token", (HttpRequest request) => issuer.RedeemAsync(request));
        });
        issuer.Url = issuer._app.Client.BaseAddress!.AbsoluteUri.TrimEnd('/');
        return issuer;
    }

    public void Rotate()
    {
        Rsa = RSA.Create(2048);
        KeyId = Guid.NewGuid().ToString("N");
    }

    public void Reset()
    {
        (ChangeHeader, ChangeClaims, ChangeDiscovery, ChangeToken, Algorithm) = (_ => { }, _ => { }, _ => { }, token => token, "RS256");
    }

    /// <summary>Somebody signs in: the code that the browser is sent back with.</summary>
    public string Approve(IDictionary<string, string> asked, JsonObject claims)
    {
        var code = Guid.NewGuid().ToString("N");
        _codes.Add(code, (asked["nonce"], asked["code_challenge"]));
        Claims = claims;
        return code;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Rsa.Dispose();
        Curve.Dispose();
    }

    private JsonObject Discover()
    {
        var document = new JsonObject
        {
            ["issuer"] = Url,
            ["authorization_endpoint"] = Url + "/authorize",
            ["token_endpoint"] = Url + "/token",
            ["jwks_uri"] = Url + "/keys",
        };
        ChangeDiscovery(document);
        return document;
    }

    private JsonObject Keys()
    {
        KeyReads++;
        var rsa = Rsa.ExportParameters(includePrivateParameters: false);
        var curve = Curve.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["keys"] = new JsonArray(
                new JsonObject { ["kty"] = "RSA", ["use"] = "enc", ["kid"] = "for-encryption", ["n"] = Text(rsa.Modulus!), ["e"] = Text(rsa.Exponent!) },
                new JsonObject { ["kty"] = "RSA", ["use"] = "sig", ["kid"] = KeyId, ["alg"] = "RS256", ["n"] = Text(rsa.Modulus!), ["e"] = Text(rsa.Exponent!) },
                new JsonObject { ["kty"] = "EC", ["kid"] = KeyId, ["crv"] = "P-256", ["x"] = Text(curve.Q.X!), ["y"] = Text(curve.Q.Y!) }),
        };
    }

    private async Task<IResult> RedeemAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync(TimeLimit.Token());
        var secret = Encoding.UTF8.GetString(Convert.FromBase64String(request.Headers.Authorization.ToString()["Basic ".Length..]));
        return secret == "gateway:its-secret" && form["grant_type"] == "authorization_code"
            && _codes.Remove(form["code"].ToString(), out var code)
            && Text(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) == code.Challenge
                ? Results.Json(new { id_token = Sign(code.Nonce), token_type = "Bearer", access_token = "none" })
                : Results.Json(new { error = "invalid_grant" }, statusCode: StatusCodes.Status400BadRequest);
    }

    private string Sign(string nonce)
    {
        var header = new JsonObject { ["alg"] = Algorithm, ["kid"] = KeyId, ["typ"] = "JWT" };
        ChangeHeader(header);
        var claims = Claims!.DeepClone().AsObject();
        claims["nonce"] = nonce;
        ChangeClaims(claims);
        var text = $"{Text(JsonSerializer.SerializeToUtf8Bytes(header))}.{Text(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        var bytes = Encoding.ASCII.GetBytes(text);
        var signature = Algorithm switch
        {
            "RS256" => Rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            "ES256" => Curve.SignData(bytes, HashAlgorithmName.SHA256),

            // With the public key as if it were a secret: whoever lets the token choose takes it.
            "HS256" => HMACSHA256.HashData(Rsa.ExportSubjectPublicKeyInfo(), bytes),
            _ => [],
        };
        return ChangeToken($"{text}.{Text(signature)}");
    }

    private static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
