using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using RoutingService.Snapshots;

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
            handler.ConnectCallback = ConnectToPublicAsync;
        }

        return new HttpMessageInvoker(handler);
    }

    /// <summary>Checks the addresses that are connected to, since a name can lead anywhere by the time it is used.</summary>
    private static async ValueTask<Stream> ConnectToPublicAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
        var allowed = Array.FindAll(addresses, address => !PrivateNetworks.Contain(address));
        if (allowed.Length == 0)
        {
            throw new PrivateAddressException();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>The provider's name leads to a private address, and it is not marked local.</summary>
internal sealed class PrivateAddressException() : IOException("The address is private.");

internal static class UpstreamHttpExtensions
{
    public static void AddUpstreamHttp(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<UpstreamOptions>().BindConfiguration(UpstreamOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<UpstreamOptions>, UpstreamOptionsValidator>();
        builder.Services.AddSingleton<UpstreamHttp>();
    }
}
