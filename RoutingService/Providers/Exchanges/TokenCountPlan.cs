namespace RoutingService.Providers.Exchanges;

/// <summary>The provider has counted.</summary>
/// <param name="readCount">Finds the count in its answer; null when it is not there.</param>
/// <param name="isUncounted">The failure says that the provider does not count for this model: then the gateway estimates.</param>
internal sealed class TokenCountPlan(Func<ReadOnlyMemory<byte>, long?> readCount, Func<UpstreamFault, bool>? isUncounted = null) : AnswerPlan
{
    public override ProviderAnswer? AnswerInstead(ProviderCall call, UpstreamFault fault)
        => isUncounted?.Invoke(fault) == true ? TokenCountAnswer.Estimate(call) : null;

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
