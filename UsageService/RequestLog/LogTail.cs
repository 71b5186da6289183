using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using ServiceDefaults.Http;

namespace UsageService.RequestLog;

/// <summary>
/// The log as it grows, as server-sent events whose ids are the calls' numbers: who comes back with the last id that it has goes on behind it.
/// Nothing is held for a reader: it gets what the database has, as fast as it reads, and one that stands still is cut off by the server.
/// </summary>
internal static class LogTail
{
    private const int MaxReaders = 50;
    private const int RowsAtOnce = 200;

    /// <summary>Another process may have stored something.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>Proxies close a connection on which nothing moves.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);

    private static int _readers;

    public static async Task<IResult> RunAsync(HttpContext context, CallReader reader, LogWatch watch, TimeProvider timeProvider, IHostApplicationLifetime lifetime)
    {
        var query = new PageQuery(context.Request);
        var filter = ReadQuery(query);
        var begin = context.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } header ? header : query.Text("last_event_id");
        if (begin is not null && !long.TryParse(begin, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            query.Fault("last_event_id", "The id of an event of this stream.");
        }

        if (query.Problem() is { } problem)
        {
            return problem;
        }

        if (Interlocked.Increment(ref _readers) > MaxReaders)
        {
            Interlocked.Decrement(ref _readers);
            return AdminProblem.Unavailable($"{MaxReaders} readers follow the log already. Try again later.");
        }

        try
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
            await SendAsync(context, filter, begin is null ? null : long.Parse(begin, CultureInfo.InvariantCulture), reader, watch, timeProvider, ending.Token);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested || lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // The reader left, or the service ends; it comes back with the last id that it has.
        }
        finally
        {
            Interlocked.Decrement(ref _readers);
        }

        return Results.Empty;
    }

    public static CallFilter ReadQuery(PageQuery query)
    {
        var filter = new CallFilter(query);
        query.Text("last_event_id");
        query.Only([.. CallFilter.Names, "last_event_id"]);
        return filter;
    }

    private static async Task SendAsync(
        HttpContext context, CallFilter filter, long? begin, CallReader reader, LogWatch watch, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var newest = await reader.LastSequenceAsync(cancellationToken);

        // A number that is not there yet is of a database that is gone.
        var last = begin is { } given && given <= newest ? given : newest;
        var json = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        await WriteAsync(context.Response, $"retry: 2000\nid: {last}\n\n", cancellationToken);
        var written = timeProvider.GetTimestamp();
        while (true)
        {
            var next = watch.Next;
            var (calls, until, isEnd) = await reader.ReadStoredAsync(filter, last, RowsAtOnce, cancellationToken);
            if (calls.Count > 0)
            {
                var events = new StringBuilder();
                foreach (var call in calls)
                {
                    events.Append("id: ").Append(call.Sequence).Append("\nevent: call\ndata: ").Append(JsonSerializer.Serialize(CallView.From(call), json)).Append("\n\n");
                }

                await WriteAsync(context.Response, events.ToString(), cancellationToken);
                written = timeProvider.GetTimestamp();
            }

            last = Math.Max(last, until);
            if (isEnd)
            {
                await Task.WhenAny(next, Task.Delay(Look, timeProvider, cancellationToken));
                cancellationToken.ThrowIfCancellationRequested();
            }

            if (timeProvider.GetElapsedTime(written) >= Beat)
            {
                await WriteAsync(context.Response, $"id: {last}\n: still here\n\n", cancellationToken);
                written = timeProvider.GetTimestamp();
            }
        }
    }

    private static async Task WriteAsync(HttpResponse response, string text, CancellationToken cancellationToken)
    {
        await response.WriteAsync(text, cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }
}
