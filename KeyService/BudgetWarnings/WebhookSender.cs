using System.Net;
using System.Net.Mime;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults.Http;

namespace KeyService.BudgetWarnings;

/// <summary>
/// The one owner of connections to webhooks: no redirects, no cookies, and private addresses only where a setting allows them, since
/// their URLs come from whoever manages keys.
/// </summary>
internal sealed partial class WebhookSender : IHostedService, IDisposable
{
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Before the second attempt, the third, and so on; then it is given up.</summary>
    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30),
    ];

    private readonly HttpMessageInvoker _http;
    private readonly BudgetEventStore _events;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<WebhookSender> _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _atOnce = new(8);
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Task> _sending = [];

    public WebhookSender(IOptions<WebhookOptions> options, BudgetEventStore events, TimeProvider timeProvider, ILogger<WebhookSender> logger)
    {
        (_events, _timeProvider, _logger) = (events, timeProvider, logger);
#pragma warning disable RS0030 // This is the owner.
        var handler = new SocketsHttpHandler
#pragma warning restore RS0030
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(3),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10),
            MaxResponseHeadersLength = 64,
        };
        if (!options.Value.AllowPrivateAddresses)
        {
            handler.ConnectCallback = PublicConnection.OpenAsync;
        }

        _http = new HttpMessageInvoker(handler);
    }

    /// <summary>Returns at once. What the process does not get done, the next one resumes.</summary>
    public void Send(BudgetEvent notice)
    {
        if (notice.WebhookUrl is not { } url)
        {
            return;
        }

        lock (_lock)
        {
            if (!_sending.ContainsKey(notice.Id))
            {
                _sending[notice.Id] = Task.Run(() => SendAsync(notice, new Uri(url)));
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        Task[] sending;
        lock (_lock)
        {
            sending = [.. _sending.Values];
        }

        await Task.WhenAll(sending);
    }

    public void Dispose()
    {
        _http.Dispose();
        _stopping.Dispose();
        _atOnce.Dispose();
    }

    private async Task SendAsync(BudgetEvent notice, Uri url)
    {
        try
        {
            for (var attempt = 0; await TryAsync(notice, url) is { } failure; attempt++)
            {
                if (failure.IsFinal || attempt == Waits.Length)
                {
                    LogGivenUp(notice.Id, url.Host, failure.Reason);
                    break;
                }

                LogFailed(notice.Id, url.Host, failure.Reason, Waits[attempt]);
                await Task.Delay(Waits[attempt], _timeProvider, _stopping.Token);
            }

            await _events.CloseAsync(notice.Id, _stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The next process sends it.
        }
        catch (Exception exception) when (exception is System.Data.Common.DbException or DbUpdateException or TimeoutException)
        {
            LogNotClosed(exception, notice.Id);
        }
        finally
        {
            lock (_lock)
            {
                _sending.Remove(notice.Id);
            }
        }
    }

    /// <summary>Null when it was delivered.</summary>
    private async Task<Failure?> TryAsync(BudgetEvent notice, Uri url)
    {
        await _atOnce.WaitAsync(_stopping.Token);
        using var timeout = new CancellationTokenSource(AttemptTimeout, _timeProvider);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stopping.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url)
            {
                Content = new StringContent(notice.Body, Encoding.UTF8, MediaTypeNames.Application.Json),
            };
            using var response = await _http.SendAsync(request, ending.Token);
            return response.IsSuccessStatusCode ? null : new Failure($"It answered {(int)response.StatusCode}.", IsRefusal(response.StatusCode));
        }
        catch (HttpRequestException exception)
        {
            return new Failure(exception.Message, exception.InnerException is PrivateAddressException);
        }
        catch (OperationCanceledException) when (!_stopping.IsCancellationRequested)
        {
            return new Failure("It did not answer in time.", IsFinal: false);
        }
        finally
        {
            _atOnce.Release();
        }
    }

    /// <summary>It will say the same next time. A redirect too: it might lead to where the URL itself may not.</summary>
    private static bool IsRefusal(HttpStatusCode status)
        => (int)status is >= 300 and < 500 && status is not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests);

    [LoggerMessage(LogLevel.Warning, "Event {Id} could not be sent to {Host}: {Reason} It is tried again after {Wait}.")]
    private partial void LogFailed(Guid id, string host, string reason, TimeSpan wait);

    [LoggerMessage(LogLevel.Error, "Event {Id} could not be sent to {Host}, and is given up: {Reason}")]
    private partial void LogGivenUp(Guid id, string host, string reason);

    [LoggerMessage(LogLevel.Warning, "That event {Id} was sent could not be written down; after a restart it is sent again.")]
    private partial void LogNotClosed(Exception exception, Guid id);

    private sealed record Failure(string Reason, bool IsFinal);
}
