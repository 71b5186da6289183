namespace ServiceDefaults.InternalAuth;

/// <summary>Puts a token for one service on every request to it; a token is used for half of its life.</summary>
public sealed class InternalTokenHandler(InternalTokens tokens, string audience, TimeProvider timeProvider) : DelegatingHandler
{
    private static readonly TimeSpan Reuse = TimeSpan.FromSeconds(30);

    private Cached? _cached;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.TryAddWithoutValidation(InternalTokens.HeaderName, CurrentToken());
        return base.SendAsync(request, cancellationToken);
    }

    private string CurrentToken()
    {
        var cached = _cached;
        if (cached is null || timeProvider.GetElapsedTime(cached.CreatedTimestamp) > Reuse)
        {
            _cached = cached = new Cached(tokens.Create(audience), timeProvider.GetTimestamp());
        }

        return cached.Token;
    }

    private sealed record Cached(string Token, long CreatedTimestamp);
}
