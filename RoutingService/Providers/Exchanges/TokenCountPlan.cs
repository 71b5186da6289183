namespace RoutingService.Providers.Exchanges;

/// <summary>The provider has counted.</summary>
/// <param name="readCount">Finds the count in its answer; null when it is not there.</param>
internal sealed class TokenCountPlan(Func<ReadOnlyMemory<byte>, long?> readCount) : AnswerPlan
{
    public override UpstreamStream CreateStream(ProviderCall call, UpstreamStreamSource source)
        => throw new InvalidOperationException("A count is no stream.");

    public override ProviderAnswer ReadBody(ProviderCall call, BoundedBody body, int status)
    {
        var count = readCount(body.Memory);
        body.Release();
        return count is { } tokens
            ? new TokenCountAnswer(call, tokens, status)
            : throw new UpstreamException(
                UpstreamErrors.Failed(call.Target.Provider.Name, "answered without a count.", UpstreamPhase.Body, "malformed").WithStatus(status));
    }
}
