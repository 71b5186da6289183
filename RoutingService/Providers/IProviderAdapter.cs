namespace RoutingService.Providers;

/// <summary>Speaks one provider's protocol.</summary>
internal interface IProviderAdapter
{
    /// <summary>What <see cref="Provider.Type"/> refers to.</summary>
    string Type { get; }

    /// <summary>
    /// Returns when the answer can begin: a status of success and, for a stream, its first event. Every failure until then is a
    /// <see cref="Gateway.Contracts.Errors.GatewayErrorException"/>.
    /// </summary>
    Task<ProviderAnswer> SendAsync(ProviderCall call, CancellationToken cancellationToken);
}
