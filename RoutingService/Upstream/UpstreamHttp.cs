using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using RoutingService.Snapshots;
using ServiceDefaults.Http;

namespace RoutingService.Upstream;

/// <summary>
/// The one owner of connections to providers: no redirects (they would carry the provider's key to another host), no cookies, no
/// decompression by itself, bounded headers and lifetimes, and private addresses only for providers that are marked local.
/// </summary>
/// <remarks>HTTP/1.1: each exchange has a connection to itself, so a lost one costs one call, and what happened on it is known.</remarks>
internal sealed class UpstreamHttp : IDisposable
{
    private const int MaxUnfitConnections = 10;
    private static readonly HttpRequestOptionsKey<UpstreamTrace> TraceKey = new(nameof(UpstreamTrace));

    private readonly HttpMessageInvoker _public;
    private readonly HttpMessageInvoker _local;

    public UpstreamHttp(IOptions<UpstreamOptions> options)
    {
        _public = Create(options.Value, PublicConnection.OpenAsync);
        _local = Create(options.Value, OpenAsync);
    }

    /// <summary>Returns when the headers are there.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        ProviderTarget provider, HttpRequestMessage request, UpstreamTrace trace, CancellationToken cancellationToken)
    {
        request.Options.Set(TraceKey, trace);
        request.Content = request.Content is { } content ? new TracedContent(content, trace) : null;

        // It is seen by what is called from here on, and by nothing after the return.
        UpstreamTrace.Running = trace;
        var response = await SendAsync(provider.IsLocal ? _local : _public, request, trace, cancellationToken);
        if (response.Headers.TransferEncodingChunked == true && response.Content.Headers.NonValidated.Contains("Content-Length"))
        {
            // Two ends: a server that sees the other one would leave bytes behind.
            trace.Connection?.Retire();
        }

        return response;
    }

    /// <summary>Each connection that is not fit for it costs a try, and is gone then.</summary>
    private static async Task<HttpResponseMessage> SendAsync(
        HttpMessageInvoker handler, HttpRequestMessage request, UpstreamTrace trace, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await handler.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException exception) when (
                tries < MaxUnfitConnections && trace.Connection is null && exception.InnerException is UnfitConnectionException)
            {
                // Nothing has been written.
            }
        }
    }

    public void Dispose()
    {
        _public.Dispose();
        _local.Dispose();
    }

    private static HttpMessageInvoker Create(
        UpstreamOptions options, Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> open)
    {
#pragma warning disable RS0030 // This is the owner.
        var handler = new SocketsHttpHandler
#pragma warning restore RS0030
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(options.ConnectSeconds),
            PooledConnectionLifetime = TimeSpan.FromSeconds(options.ConnectionLifetimeSeconds),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            MaxResponseHeadersLength = options.MaxHeaderKilobytes,
            // A stream that the client has left would else be read on, and paid for, for two seconds.
            ResponseDrainTimeout = TimeSpan.FromMilliseconds(500),
            UseProxy = false,
            ConnectCallback = async (context, cancellationToken) =>
            {
                var stream = await open(context, cancellationToken);
                TraceOf(context.InitialRequestMessage)?.Opened = (stream as NetworkStream)?.Socket;
                return stream;
            },
            PlaintextStreamFilter = static (context, _) => ValueTask.FromResult<Stream>(
                new UpstreamConnection(context.PlaintextStream, TraceOf(context.InitialRequestMessage)?.Opened)),
        };
        return new HttpMessageInvoker(handler);
    }

    private static UpstreamTrace? TraceOf(HttpRequestMessage request) => request.Options.TryGetValue(TraceKey, out var trace) ? trace : null;

    private static async ValueTask<Stream> OpenAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
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
