using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Gateway.Contracts.Errors;
using Microsoft.Extensions.Options;

namespace Gateway.Edge.Admin.Oidc;

/// <summary>What the identity provider says of itself, and its answers to us.</summary>
internal sealed class OidcProvider(IHttpClientFactory clients, IOptions<OidcOptions> options, TimeProvider timeProvider) : IDisposable
{
    public const string ClientName = "oidc";

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>A key that nobody knows may be new, or made up by whoever wants us to ask again and again.</summary>
    private static readonly TimeSpan KeyPause = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turn = new(1);
    private Known? _known;

    public async Task<OidcDiscovery> DiscoverAsync(CancellationToken cancellationToken) => (await LoadAsync(kid: null, cancellationToken)).Discovery;

    /// <summary>Those that a token with this key id may be signed with; the provider is asked again for an id that it did not have.</summary>
    public async Task<IReadOnlyList<OidcKey>> FindKeysAsync(string? kid, CancellationToken cancellationToken)
    {
        var known = await LoadAsync(kid, cancellationToken);
        return [.. known.Keys.Where(key => kid is null || key.Id == kid)];
    }

    /// <summary>The ID token that a code is good for.</summary>
    public async Task<string> RedeemAsync(string code, string verifier, string redirectUri, CancellationToken cancellationToken)
    {
        var discovery = await DiscoverAsync(cancellationToken);
        var settings = options.Value;
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = redirectUri,
            ["code_verifier"] = verifier,
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, discovery.TokenEndpoint);
        if (string.IsNullOrEmpty(settings.ClientSecret) || !discovery.TakesBasic)
        {
            form["client_id"] = settings.ClientId!;
            if (!string.IsNullOrEmpty(settings.ClientSecret))
            {
                form["client_secret"] = settings.ClientSecret;
            }
        }
        else
        {
            var pair = $"{Uri.EscapeDataString(settings.ClientId!)}:{Uri.EscapeDataString(settings.ClientSecret)}";
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
        }

        request.Content = new FormUrlEncodedContent(form);
        var answer = await SendAsync(request, cancellationToken);
        return answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("id_token", out var token) && token.ValueKind == JsonValueKind.String
            ? token.GetString()!
            : throw Away("it gave no ID token for the code");
    }

    public void Dispose() => _turn.Dispose();

    private async Task<Known> LoadAsync(string? kid, CancellationToken cancellationToken)
    {
        if (_known is { } fresh && IsGood(fresh, kid))
        {
            return fresh;
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_known is { } known && IsGood(known, kid))
            {
                return known;
            }

            var issuer = options.Value.Issuer!;
            var discovery = OidcDiscovery.Read(await GetAsync(issuer.TrimEnd('/') + "/.well-known/openid-configuration", cancellationToken), issuer)
                ?? throw Away("what it says of itself is not for the issuer of the settings, or not complete, or has addresses without TLS");
            var keys = OidcKey.ReadAll(await GetAsync(discovery.KeysUri, cancellationToken));
            return _known = new Known(discovery, keys, timeProvider.GetTimestamp());
        }
        finally
        {
            _turn.Release();
        }
    }

    private bool IsGood(Known known, string? kid)
    {
        var age = timeProvider.GetElapsedTime(known.Since);
        return age < Lifetime && (kid is null || age < KeyPause || known.Keys.Any(key => key.Id == kid));
    }

    private async Task<JsonElement> GetAsync(string url, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        return await SendAsync(request, cancellationToken);
    }

    private async Task<JsonElement> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        try
        {
            using var response = await clients.CreateClient(ClientName).SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode
                ? JsonElement.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken))
                : throw Away($"it answered {(int)response.StatusCode}");
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw Away("it does not answer", exception);
        }
    }

    private static GatewayErrorException Away(string reason, Exception? cause = null)
    {
        var error = GatewayError.Unavailable($"Nobody can sign in at the identity provider: {reason}.");
        return cause is null ? new GatewayErrorException(error) : new GatewayErrorException(error, cause);
    }

    private sealed record Known(OidcDiscovery Discovery, IReadOnlyList<OidcKey> Keys, long Since);
}
