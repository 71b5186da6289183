using System.Net;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.ServiceDiscovery.Http;

internal sealed class ResolvingHttpDelegatingHandler(
    HttpServiceEndpointResolver resolver, IOptions<ServiceDiscoveryOptions> options) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var original = request.RequestUri;
        if (original is not null)
        {
            var endpoint = resolver.Resolve(original);
            request.RequestUri = Rewrite(original, endpoint);
            request.Headers.Host ??= endpoint.HostName;
        }

        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        finally
        {
            // A retry outside of this handler has to resolve the name again.
            request.RequestUri = original;
        }
    }

    private Uri Rewrite(Uri uri, ResolvedServiceEndpoint endpoint) => endpoint.EndPoint switch
    {
        UriEndPoint target => RewriteTo(uri, target.Uri),
        DnsEndPoint target => RewriteTo(uri, target.Host, target.Port),
        IPEndPoint target => RewriteTo(uri, target.Address.ToString(), target.Port),
        _ => throw new InvalidOperationException($"A service endpoint of type {endpoint.EndPoint.GetType()} has no address."),
    };

    private static Uri RewriteTo(Uri uri, Uri target)
    {
        var result = new UriBuilder(uri) { Scheme = target.Scheme, Host = target.Host };
        if (target.Port > 0)
        {
            result.Port = target.Port;
        }

        if (target.AbsolutePath.Length > 1)
        {
            result.Path = $"{target.AbsolutePath.TrimEnd('/')}/{uri.AbsolutePath.TrimStart('/')}";
        }

        return result.Uri;
    }

    private Uri RewriteTo(Uri uri, string host, int port)
    {
        var scheme = uri.Scheme.Split('+')[0];
        var samePort = port == 0 || port == uri.Port;
        if (samePort && scheme == uri.Scheme && host == uri.Host)
        {
            return uri;
        }

        if (scheme != uri.Scheme && !options.Value.Allows(scheme))
        {
            throw new InvalidOperationException($"The scheme '{scheme}' of '{uri}' is not one of the allowed schemes.");
        }

        var result = new UriBuilder(uri) { Scheme = scheme, Host = host };
        if (!samePort)
        {
            result.Port = port;
        }

        return result.Uri;
    }
}
