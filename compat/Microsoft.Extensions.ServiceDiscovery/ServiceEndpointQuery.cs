namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>What a request URI asks for: <c>https+http://_admin.keys</c> is the endpoint "admin" of "keys", https before http.</summary>
/// <param name="ServiceName">The service.</param>
/// <param name="EndpointName">The endpoint within it, or null for the one that the schemes choose.</param>
/// <param name="Schemes">The allowed ones of the requested schemes, best first.</param>
/// <param name="Port">The port in the URI, or -1.</param>
internal sealed record ServiceEndpointQuery(string ServiceName, string? EndpointName, string[] Schemes, int Port)
{
    public static ServiceEndpointQuery From(Uri uri, ServiceDiscoveryOptions options)
    {
        var (serviceName, endpointName) = SplitHost(uri.Host);
        var schemes = uri.Scheme.Split('+').Where(options.Allows).ToArray();
        return new ServiceEndpointQuery(serviceName, endpointName, schemes, uri.Port);
    }

    private static (string ServiceName, string? EndpointName) SplitHost(string host)
    {
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        return host.StartsWith('_') && dot > 1 && dot + 1 < host.Length ? (host[(dot + 1)..], host[1..dot]) : (host, null);
    }
}
