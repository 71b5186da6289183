using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Amazon.Runtime.CredentialManagement;
using RoutingService.Snapshots;

namespace RoutingService.Providers.Bedrock;

/// <summary>
/// Puts a provider's credential into a request, the first that is there of: the keys or the profile that its settings name; an API key of
/// Bedrock; the API key of the environment; what AWS's own chain finds.
/// </summary>
internal sealed class BedrockAuth(TimeProvider timeProvider)
{
    public const string AccessKeyId = "access_key_id";
    public const string Profile = "profile";
    private const string Service = "bedrock";

    /// <summary>Between a secret and its session token, both of which are kept sealed.</summary>
    public const char TokenSeparator = ';';

    private readonly ConcurrentDictionary<string, AWSCredentials> _found = new(StringComparer.Ordinal);

    public async ValueTask AuthorizeAsync(
        HttpRequestMessage request, ReadOnlyMemory<byte> body, ProviderTarget provider, string region, CancellationToken cancellationToken)
    {
        switch (Choose(provider, Environment.GetEnvironmentVariable("AWS_BEARER_TOKEN_BEDROCK")))
        {
            case BearerSource bearer:
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer.Token);
                break;
            case KeySource source:
                Sign(request, body, source.Keys, region);
                break;
            case var chain:
                Sign(request, body, await FindKeysAsync(provider, (chain as ProfileSource)?.Name, cancellationToken), region);
                break;
        }
    }

    internal static BedrockCredentialSource Choose(ProviderTarget provider, string? environmentToken)
    {
        var secret = provider.Credential?.Reveal();
        if (provider.Setting(AccessKeyId) is { } id && secret is not null)
        {
            var parts = secret.Split(TokenSeparator, 2);
            return new KeySource(new AwsKeys(id, parts[0], parts.Length > 1 ? parts[1] : null));
        }

        return provider.Setting(Profile) is { } profile ? new ProfileSource(profile)
            : secret is not null ? new BearerSource(secret)
            : environmentToken is { Length: > 0 } ? new BearerSource(environmentToken)
            : new ChainSource();
    }

    private void Sign(HttpRequestMessage request, ReadOnlyMemory<byte> body, AwsKeys keys, string region)
    {
        var uri = request.RequestUri!;
        var date = SigV4.DateOf(timeProvider.GetUtcNow());
        var hash = SigV4.HashOf(body.Span);
        request.Headers.Add("x-amz-date", date);
        request.Headers.Add("x-amz-content-sha256", hash);
        List<(string Name, string Value)> headers =
        [
            ("host", uri.Authority),
            ("x-amz-date", date),
            ("x-amz-content-sha256", hash),
        ];
        if (request.Content?.Headers.ContentType is { } contentType)
        {
            headers.Add(("content-type", contentType.ToString()));
        }

        if (keys.SessionToken is { } token)
        {
            request.Headers.Add("x-amz-security-token", token);
            headers.Add(("x-amz-security-token", token));
        }

        // As it is sent: what is escaped in it is escaped once more, never read.
        var toSign = new SigV4Request(request.Method.Method, uri.AbsolutePath, uri.Query.TrimStart('?'), headers, hash);
        request.Headers.TryAddWithoutValidation("Authorization", SigV4.Sign(toSign, keys, region, Service, date).Authorization);
    }

    /// <summary>AWS's library keeps what it has found and renews it; profiles of a file are looked up once.</summary>
    private async Task<AwsKeys> FindKeysAsync(ProviderTarget provider, string? profile, CancellationToken cancellationToken)
    {
        try
        {
            var credentials = _found.GetOrAdd(profile ?? "", static name => Find(name));
            var keys = await credentials.GetCredentialsAsync().WaitAsync(cancellationToken);
            return new AwsKeys(keys.AccessKey, keys.SecretKey, string.IsNullOrEmpty(keys.Token) ? null : keys.Token);
        }
        catch (AmazonClientException exception)
        {
            throw UpstreamErrors.NoToken(provider.Name, "cannot be called: no AWS credentials are found for the gateway.", exception);
        }
    }

    private static AWSCredentials Find(string profile)
        => profile.Length == 0 ? DefaultAWSCredentialsIdentityResolver.GetCredentials()
            : new CredentialProfileStoreChain().TryGetAWSCredentials(profile, out var credentials) ? credentials
            : throw new AmazonClientException($"There is no profile '{profile}'.");
}

/// <summary>Where a credential comes from.</summary>
internal abstract record BedrockCredentialSource;

internal sealed record BearerSource(string Token) : BedrockCredentialSource
{
    public override string ToString() => nameof(BearerSource);
}

internal sealed record KeySource(AwsKeys Keys) : BedrockCredentialSource;

internal sealed record ProfileSource(string Name) : BedrockCredentialSource;

internal sealed record ChainSource : BedrockCredentialSource;
