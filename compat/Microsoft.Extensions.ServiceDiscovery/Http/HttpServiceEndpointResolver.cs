using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Microsoft.Extensions.ServiceDiscovery.Http;

internal sealed class HttpServiceEndpointResolver(IEnumerable<IServiceEndpointProvider> providers, IOptions<ServiceDiscoveryOptions> options)
{
    // A program talks to a few services; clients that go to arbitrary hosts must not make the cache grow with them.
    private const int MaxCachedAuthorities = 1024;

    private readonly IServiceEndpointProvider[] _providers = [.. providers];
    private readonly ConcurrentDictionary<(string Scheme, string Host, int Port), Resolution> _resolutions = new();

    public ResolvedServiceEndpoint Resolve(Uri uri)
    {
        var key = (uri.Scheme, uri.Host, uri.Port);
        if (!_resolutions.TryGetValue(key, out var resolution) || resolution.IsStale)
        {
            if (_resolutions.Count >= MaxCachedAuthorities)
            {
                _resolutions.Clear();
            }

            resolution = Populate(ServiceEndpointQuery.From(uri, options.Value));
            _resolutions[key] = resolution;
        }

        return resolution.Next();
    }

    private Resolution Populate(ServiceEndpointQuery query)
    {
        var endpoints = new List<ResolvedServiceEndpoint>();
        IChangeToken[] tokens = [.. _providers.Select(provider => provider.Populate(query, endpoints)).OfType<IChangeToken>()];
        return endpoints.Count > 0
            ? new Resolution([.. endpoints], tokens)
            : throw new InvalidOperationException(
                $"No service endpoint provider knows '{query.ServiceName}'. Add one, or call AddPassThroughServiceEndpointProvider.");
    }

    private sealed class Resolution(ResolvedServiceEndpoint[] endpoints, IChangeToken[] changes)
    {
        private uint _next;

        public bool IsStale => Array.Exists(changes, change => change.HasChanged);

        public ResolvedServiceEndpoint Next() => endpoints[(Interlocked.Increment(ref _next) - 1) % (uint)endpoints.Length];
    }
}
