using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Responses;
using RoutingService.Snapshots;

namespace RoutingService.Providers.Gemini;

/// <summary>
/// OAuth tokens for Google Cloud. A provider's key is a service account's JSON in base64, or a token as it is; without a key the machine's own
/// account is used (application default credentials). Google's library keeps the tokens and renews them.
/// </summary>
internal sealed class GoogleTokens
{
    private const string Scope = "https://www.googleapis.com/auth/cloud-platform";
    private static readonly string Machine = "";

    private readonly ConcurrentDictionary<string, Lazy<Task<ITokenAccess>>> _accounts = new(StringComparer.Ordinal);

    public async Task<string> GetAsync(ProviderTarget provider, CancellationToken cancellationToken)
    {
        var key = provider.Credential?.Reveal() ?? Machine;
        if (key != Machine && !IsBase64(key))
        {
            return key;
        }

        var account = _accounts.GetOrAdd(key, static key => new Lazy<Task<ITokenAccess>>(() => OpenAsync(key)));
        try
        {
            return await (await account.Value).GetAccessTokenForRequestAsync(cancellationToken: cancellationToken);
        }
        catch (Exception exception) when (exception is TokenResponseException or InvalidOperationException or HttpRequestException or FormatException or IOException)
        {
            // What failed to open once may be put right: the next call tries again.
            _accounts.TryRemove(KeyValuePair.Create(key, account));
            throw UpstreamErrors.NoToken(provider.Name, "cannot be called: Google gives no token for the gateway's account.", exception);
        }
    }

    /// <summary>A token has dots in it.</summary>
    private static bool IsBase64(string key) => Base64.IsValid(key);

    private static async Task<ITokenAccess> OpenAsync(string key)
    {
        if (key == Machine)
        {
            return (await GoogleCredential.GetApplicationDefaultAsync()).CreateScoped(Scope);
        }

        var json = Encoding.UTF8.GetString(Convert.FromBase64String(key));
        return CredentialFactory.FromJson<ServiceAccountCredential>(json).ToGoogleCredential().CreateScoped(Scope);
    }
}
