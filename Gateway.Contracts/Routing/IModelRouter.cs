namespace Gateway.Contracts.Routing;

/// <summary>Where a call goes.</summary>
public interface IModelRouter
{
    /// <summary>Returns when the answer can begin, or with a head that says why there is none.</summary>
    /// <param name="body">The client's bytes; they must stay unchanged until the dispatch is disposed.</param>
    Task<Dispatch> DispatchAsync(DispatchRequest request, ReadOnlyMemory<byte> body, CancellationToken cancellationToken);

    /// <summary>For the reservation of a call's cost before it goes anywhere.</summary>
    /// <param name="model">As the client names it.</param>
    /// <param name="serviceTier">What it asks to be served as, see <see cref="RequestFacts.ServiceTier"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<ModelQuote> QuoteAsync(string model, string? serviceTier, CancellationToken cancellationToken);

    /// <summary>What <see cref="DispatchAsync"/> would do now.</summary>
    Task<RouteExplanation> ExplainAsync(RouteQuery query, CancellationToken cancellationToken);

    Task<ModelList> ListModelsAsync(CancellationToken cancellationToken);

    /// <summary>What is known of those who answer calls; nobody is asked for it.</summary>
    Task<RouterHealth> CheckHealthAsync(CancellationToken cancellationToken);
}
