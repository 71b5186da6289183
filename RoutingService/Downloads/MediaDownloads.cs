using System.Diagnostics;
using System.Net;
using Gateway.Contracts.Errors;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;
using Microsoft.Extensions.Options;
using RoutingService.Providers;
using RoutingService.Providers.Exchanges;
using ServiceDefaults.Http;

namespace RoutingService.Downloads;

/// <summary>
/// Puts the bytes of pictures and documents in the place of their addresses. The one owner of connections to addresses that clients name: HTTPS
/// alone, no redirects, no credentials, no cookies, no trace context, hosts of the internet alone, and of few types.
/// </summary>
internal sealed class MediaDownloads : IDisposable
{
    private const int MaxFiles = 20;

    private readonly DownloadOptions _options;
    private readonly HttpMessageInvoker _http;

    public MediaDownloads(IOptions<DownloadOptions> options)
    {
        _options = options.Value;
#pragma warning disable RS0030 // This is the owner.
        var handler = new SocketsHttpHandler
#pragma warning restore RS0030
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
            ConnectTimeout = TimeSpan.FromSeconds(3),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10),
            MaxResponseHeadersLength = 64,
        };
        if (!_options.AllowPrivate)
        {
            handler.ConnectCallback = PublicConnection.OpenAsync;
        }

        _http = new HttpMessageInvoker(handler);
    }

    /// <param name="isTaken">An address that the provider follows itself.</param>
    public async ValueTask FetchAsync(ProviderCall call, Func<string, bool> isTaken, CancellationToken cancellationToken)
    {
        if (!_options.Enabled)
        {
            return;
        }

        var wanted = new Dictionary<string, Wanted>(StringComparer.Ordinal);
        Find(call.Canonical.Messages.SelectMany(message => message.Parts), isTaken, wanted, call);
        if (wanted.Count == 0)
        {
            return;
        }

        if (wanted.Count > MaxFiles)
        {
            throw Refuse(wanted.Values.Last(), $"a request has at most {MaxFiles} files by their addresses.");
        }

        var found = await FetchAsync([.. wanted.Values], cancellationToken);
        call.Replace(call.Canonical with
        {
            Messages = [.. call.Canonical.Messages.Select(message => message with { Parts = [.. message.Parts.Select(part => Fill(part, found))] })],
        });
    }

    public void Dispose() => _http.Dispose();

    private static void Find(IEnumerable<LlmPart> parts, Func<string, bool> isTaken, Dictionary<string, Wanted> wanted, ProviderCall call)
    {
        foreach (var part in parts)
        {
            switch (part)
            {
                case ImagePart { Source: UrlSource { Url: var url } } when !isTaken(url):
                    wanted.TryAdd(url, new Wanted(url, IsImage: true, ClientFields.Name(call.Request.Format, "image_url")));
                    break;
                case DocumentPart { Source: UrlSource { Url: var url } } when !isTaken(url):
                    wanted.TryAdd(url, new Wanted(url, IsImage: false, ClientFields.Name(call.Request.Format, "file")));
                    break;
                case ToolResultPart result:
                    Find(result.Content, isTaken, wanted, call);
                    break;
                default:
                    break;
            }
        }
    }

    private static LlmPart Fill(LlmPart part, Dictionary<string, BytesSource> found) => part switch
    {
        ImagePart { Source: UrlSource { Url: var url } } image when found.TryGetValue(url, out var bytes) => image with { Source = bytes },
        DocumentPart { Source: UrlSource { Url: var url } } document when found.TryGetValue(url, out var bytes) => document with { Source = bytes },
        ToolResultPart result => result with { Content = [.. result.Content.Select(inner => Fill(inner, found))] },
        _ => part,
    };

    /// <summary>One after another: so their sizes have one sum.</summary>
    private async Task<Dictionary<string, BytesSource>> FetchAsync(IReadOnlyList<Wanted> files, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(_options.TimeoutSeconds));
        var found = new Dictionary<string, BytesSource>(StringComparer.Ordinal);
        var left = _options.MaxBytes;
        foreach (var file in files)
        {
            try
            {
                var (source, length) = await FetchAsync(file, left, deadline.Token);
                found[file.Url] = source;
                left -= length;
            }
            catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
            {
                throw Refuse(file, "it could not be downloaded in time.", cause: exception);
            }
            catch (HttpRequestException exception) when (exception.InnerException is PrivateAddressException)
            {
                throw Refuse(file, "its address is not one of the internet.", "ssrf_blocked", exception);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                throw Refuse(file, "it could not be downloaded.", cause: exception);
            }
        }

        return found;
    }

    private async Task<(BytesSource Source, int Length)> FetchAsync(Wanted file, int maxBytes, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Check(file));
        // Some hosts answer nobody without a name.
        request.Headers.TryAddWithoutValidation("User-Agent", "llm-gateway");
        using var response = await _http.SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw Refuse(file, (int)response.StatusCode is >= 300 and < 400
                ? "its address leads to another, which is not followed." : $"its address answered with status {(int)response.StatusCode}.");
        }

        var type = MediaType.Find(response.Content.Headers.ContentType?.MediaType, file.IsImage)
            ?? throw Refuse(file, $"its type is none of {MediaType.Names(file.IsImage)}.");
        await using var bytes = await response.Content.ReadAsStreamAsync(cancellationToken);
        var body = await BoundedBody.ReadAsync(bytes, response.Content.Headers.ContentLength, maxBytes, cancellationToken)
            ?? throw Refuse(file, $"the files of a request have at most {_options.MaxMegabytes} MB together.");
        try
        {
            return type.Fits(body.Memory.Span)
                ? (new BytesSource(type.Name, Convert.ToBase64String(body.Memory.Span)), body.Memory.Length)
                : throw Refuse(file, $"it is no {type.Name}, though its host says so.");
        }
        finally
        {
            body.Release();
        }
    }

    private Uri Check(Wanted file)
        => Uri.TryCreate(file.Url, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttps || (_options.AllowPrivate && url.Scheme == Uri.UriSchemeHttp))
            && url.UserInfo.Length == 0
                ? url : throw Refuse(file, "its address must begin with https:// and have no user in it.");

    /// <summary>Only the host is named: addresses can hold secrets, and errors are kept.</summary>
    private static GatewayErrorException Refuse(Wanted file, string why, string code = "media_download_failed", Exception? cause = null)
    {
        var host = Uri.TryCreate(file.Url, UriKind.Absolute, out var url) && url.Host.Length > 0 ? $" at '{JsonStrings.Shorten(url.Host)}'" : "";
        var error = GatewayError.BadRequest(code, $"{file.Field}{host} cannot be sent to the provider: {why}", file.Field);
        return cause is null ? new GatewayErrorException(error) : new GatewayErrorException(error, cause);
    }

    /// <param name="Field">As the client's format calls it.</param>
    private sealed record Wanted(string Url, bool IsImage, string Field);
}

internal static class MediaDownloadExtensions
{
    public static void AddMediaDownloads(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<DownloadOptions>().BindConfiguration(DownloadOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<DownloadOptions>, DownloadOptionsValidator>();
        builder.Services.AddSingleton<MediaDownloads>();
    }
}
