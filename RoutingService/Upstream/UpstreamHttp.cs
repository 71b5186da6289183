using System.Net;
using Microsoft.Extensions.Options;
using RoutingService.Snapshots;
using ServiceDefaults.Http;

namespace RoutingService.Upstream;

/// <summary>
/// The one owner of connections to providers: no redirects (they would carry the provider's key to another host), no cookies, no
/// decompression, bounded headers and lifetimes, and private addresses only for providers that are marked local.
/// </summary>
internal sealed class UpstreamHttp : IDisposable
{
    private readonly HttpMessageInvoker _public;
    private readonly HttpMessageInvoker _local;

    public UpstreamHttp(IOptions<UpstreamOptions> options)
    {
        _public = Create(options.Value, allowPrivate: false);
        _local = Create(options.Value, allowPrivate: true);
    }

    /// <summary>Returns when the headers are there.</summary>
    public Task<HttpResponseMessage> SendAsync(ProviderTarget provider, HttpRequestMessage request, CancellationToken cancellationToken)
        => (provider.IsLocal ? _local : _public).SendAsync(request, cancellationToken);

    public void Dispose()
    {
        _public.Dispose();
        _local.Dispose();
    }

    private static HttpMessageInvoker Create(UpstreamOptions options, bool allowPrivate)
    {
#pragma warning disable RS0030 // This is the owner.
        var handler = new SocketsHttpHandler
#pragma warning restore RS0030
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(options.ConnectSeconds),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            MaxResponseHeadersLength = 64,
            // A stream that the client has left would else be read on, and paid for, for two seconds.
            ResponseDrainTimeout = TimeSpan.FromMilliseconds(500),
            EnableMultipleHttp2Connections = true,
            UseProxy = false,
        };
        if (!allowPrivate)
        {
            handler.ConnectCallback = PublicConnection.OpenAsync;
        }

        return new HttpMessageInvoker(handler);
    }
}

internal static class UpstreamHttpExtensions
{
    public static void AddUpstreamHttp(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<UpstreamOptions>().BindConfiguration(UpstreamOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<UpstreamOptions>, UpstreamOptionsValidator>();
        builder.Services.AddSingleton<UpstreamHttp>();
    }
}
