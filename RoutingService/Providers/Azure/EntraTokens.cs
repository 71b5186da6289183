using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Azure.Core;
using Azure.Identity;
using RoutingService.Secrets;
using RoutingService.Snapshots;

namespace RoutingService.Providers.Azure;

/// <summary>
/// Tokens of Microsoft Entra ID: of an application, whose secret is the provider's key, or without a key of the identity that the gateway runs
/// under. The library keeps tokens until shortly before they expire.
/// </summary>
internal sealed class EntraTokens
{
    private const int MaxCredentials = 1000;
    private static readonly TokenRequestContext Scope = new(["https://cognitiveservices.azure.com/.default"]);

    private readonly ConcurrentDictionary<Identity, TokenCredential> _credentials = new();
    private readonly Func<ProviderTarget, TokenCredential> _create;

    public EntraTokens()
        : this(Create)
    {
    }

    internal EntraTokens(Func<ProviderTarget, TokenCredential> create) => _create = create;

    public async ValueTask<string> GetAsync(ProviderTarget provider, CancellationToken cancellationToken)
    {
        var identity = new Identity(provider.Setting(AzureSettings.TenantId), provider.Setting(AzureSettings.ClientId), DigestOf(provider.Credential));
        if (_credentials.Count >= MaxCredentials)
        {
            // Of secrets that were replaced.
            _credentials.Clear();
        }

        var credential = _credentials.GetOrAdd(identity, _ => _create(provider));
        try
        {
            return (await credential.GetTokenAsync(Scope, cancellationToken)).Token;
        }
        catch (AuthenticationFailedException exception)
        {
            throw UpstreamErrors.NoToken(provider.Name, "got no token from Microsoft Entra ID.", exception);
        }
    }

    private static TokenCredential Create(ProviderTarget provider)
    {
        var (tenant, client) = (provider.Setting(AzureSettings.TenantId), provider.Setting(AzureSettings.ClientId));
        return provider.Credential is { } secret && tenant is not null && client is not null
            ? new ClientSecretCredential(tenant, client, secret.Reveal())
            : new DefaultAzureCredential(new DefaultAzureCredentialOptions { TenantId = tenant, ManagedIdentityClientId = client, WorkloadIdentityClientId = client });
    }

    private static string? DigestOf(ProviderCredential? credential)
        => credential is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(credential.Reveal())));

    private sealed record Identity(string? TenantId, string? ClientId, string? SecretDigest);
}
