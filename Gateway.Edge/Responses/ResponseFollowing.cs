using System.Globalization;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Responses;
using Gateway.Edge.Pipeline;
using Gateway.Llm.Json;
using Gateway.Llm.ServerSentEvents;

namespace Gateway.Edge.Responses;

/// <summary>The stream of a response in the background, from wherever its client has got to; any Edge can tell it.</summary>
internal static class ResponseFollowing
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    public static async Task FollowAsync(HttpContext context, StoredResponse response)
    {
        var after = StartingAfter(context.Request.Query);
        var services = context.RequestServices;
        var store = services.GetRequiredService<IBackgroundStore>();
        var timeProvider = services.GetRequiredService<TimeProvider>();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted, services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        var events = await store.EventsAsync(new StoredEventsQuery(response.Tenant, response.Id, after), ended.Token);
        if (events is not { IsKept: true })
        {
            throw new GatewayErrorException(GatewayError.BadRequest(
                "unsupported_parameter",
                events is null
                    ? "The response was not made in the background: it has no stream to go on with."
                    : "The response has no stream to go on with: it was not made with 'stream', was too long for it, or ended more than an hour ago.",
                "stream"));
        }

        WriteHeaders(context.Response);
        await context.Response.StartAsync(ended.Token);
        var terminal = new TerminalEvent(ClientFormat.Responses);
        try
        {
            while (events is { IsKept: true })
            {
                foreach (var batch in events.Batches)
                {
                    var bytes = Behind(batch, after);
                    terminal.Read(bytes.Span);
                    await context.Response.Body.WriteAsync(bytes, ended.Token);
                    after = batch.Last;
                }

                await context.Response.Body.FlushAsync(ended.Token);
                if (events is { Batches.Count: 0, IsRunning: false })
                {
                    break;
                }

                if (events.Batches.Count == 0)
                {
                    await Task.Delay(Interval, timeProvider, ended.Token);
                }

                events = await store.EventsAsync(new StoredEventsQuery(response.Tenant, response.Id, after), ended.Token);
            }

            if (events is { IsKept: false })
            {
                // It has become too long: half a stream must not look like a whole one.
                context.Abort();
            }
            else if (!terminal.IsSeen)
            {
                await EndAsync(context, response, after);
            }
        }
        catch (Exception exception) when (exception is GatewayErrorException or System.Data.Common.DbException or OperationCanceledException)
        {
            // Half a stream: its client goes on from where it is, here or at another Edge.
            context.Abort();
        }
    }

    public static void WriteHeaders(HttpResponse response)
    {
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        response.Headers["x-accel-buffering"] = "no";
    }

    /// <summary>A response whose Edge was lost has failed without an event that says so. One that was cancelled just ends: there is no event for it.</summary>
    private static async Task EndAsync(HttpContext context, StoredResponse response, long after)
    {
        var store = context.RequestServices.GetRequiredService<IResponseStore>();
        if (await store.FindAsync(new StoredKey(response.Tenant, response.Id), context.RequestAborted) is { } stored
            && JsonMembers.Read(stored.Response).Text("status") == "failed")
        {
            ResponsesErrorEvent.WriteFailed(context.Response.BodyWriter, stored.Response, after + 1);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }
    }

    private static long StartingAfter(IQueryCollection query)
    {
        var after = -1L;
        if (query["starting_after"] is [{ } text] && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            throw new GatewayErrorException(GatewayError.BadRequest("invalid_value", "'starting_after' must be a sequence number.", "starting_after"));
        }

        return after;
    }

    private static ReadOnlyMemory<byte> Behind(EventBatch batch, long after)
    {
        var bytes = batch.Bytes.AsMemory();
        for (var number = batch.First; number <= after; number++)
        {
            bytes = bytes[SseBoundary.FindEnd(bytes.Span, 0)..];
        }

        return bytes;
    }
}
