using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Responses;
using Gateway.Edge.Calls;
using Gateway.Edge.Pipeline;
using Gateway.Llm.Json;
using Gateway.Llm.Responses;
using Microsoft.Extensions.Options;

namespace Gateway.Edge.Responses;

/// <summary>
/// Makes responses in the background: each is a call like any other, whose client does not wait for it. It is answered when the call is
/// admitted, so that what is refused has a status; what fails after that is a response that failed.
/// </summary>
internal sealed partial class BackgroundResponses(
    CallPipeline pipeline,
    IBackgroundStore store,
    BackgroundRuns runs,
    IOptions<BackgroundOptions> options,
    IServiceProvider services,
    TimeProvider timeProvider,
    ILogger<BackgroundResponses> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReportTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How often the end of a response is tried to be stored. By then the store has given it up itself.</summary>
    private const int MaxTries = 60;

    /// <param name="body">Disposed of with the call.</param>
    public async Task StartAsync(HttpContext context, ResponsesCall call, RequestBody body)
    {
        if (!runs.TryEnter())
        {
            body.Dispose();
            throw new GatewayErrorException(new GatewayError(
                GatewayErrorKind.RateLimited, "too_many_background_responses", "Too many responses are running in the background; try again soon.")
            {
                RetryAfter = TimeSpan.FromSeconds(5),
            });
        }

        var isStreamed = JsonMembers.Read(body.Memory).Boolean("stream") == true;
        var response = new BackgroundResponse(store, RequestIds.GuidOf(context), isStreamed, options.Value.MaxEventMegabytes * 1024L * 1024L, runs.Cut);
        call.Background = response;
        var detached = Detach(context, response.Aborted);
        response.Beginning = () => CopyHeaders(detached, context);
        var run = RunAsync(detached, response, call, body);
        using (context.RequestAborted.Register(response.Abort))
        {
            await Task.WhenAny(response.Begun, run);
        }

        if (!response.Begun.IsCompleted)
        {
            runs.Leave();
            CopyHeaders(detached, context);
            await RefuseAsync(context, response, run);
        }

        runs.Add(ReportAsync(response, run));
        await AnswerAsync(context, response, isStreamed);
    }

    /// <summary>Throws what the call was refused with.</summary>
    private static async Task RefuseAsync(HttpContext context, BackgroundResponse response, Task run)
    {
        using (response)
        {
            try
            {
                await run;
            }
            catch (OperationCanceledException exception) when (!context.RequestAborted.IsCancellationRequested)
            {
                throw new GatewayErrorException(GatewayError.Unavailable("The gateway is stopping."), exception);
            }
        }
    }

    private static async Task AnswerAsync(HttpContext context, BackgroundResponse response, bool isStreamed)
    {
        if (!isStreamed)
        {
            await ResponseEndpoints.WriteAsync(context, response.Queued);
            return;
        }

        ResponseFollowing.WriteHeaders(context.Response);
        try
        {
            await foreach (var frame in response.FollowAsync(context.RequestAborted))
            {
                await context.Response.Body.WriteAsync(frame, context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        }
        finally
        {
            response.EndLive();
        }
    }

    /// <summary>Throws as long as the client waits for the beginning; from then on every end is one of the response.</summary>
    private async Task RunAsync(HttpContext detached, BackgroundResponse response, ResponsesCall call, RequestBody body)
    {
        try
        {
            await pipeline.RunAsync(
                detached, ClientFormat.Responses, scanned => FactsReader.Read(ResponsesFormat.Instance, scanned), state: call, given: body);
            response.Fail(new GatewayError(GatewayErrorKind.UpstreamFailed, "upstream_error", "The provider's answer has no end."));
        }
        catch (GatewayErrorException exception) when (response.Begun.IsCompleted)
        {
            response.Fail(exception.Error);
        }
        catch (OperationCanceledException) when (response.Begun.IsCompleted && response.Aborted.IsCancellationRequested)
        {
            response.Fail(new GatewayError(GatewayErrorKind.Unavailable, "server_error", "The gateway was stopped before the response was complete."));
        }
        catch (Exception exception) when (response.Begun.IsCompleted)
        {
            LogFailed(exception, response.Id);
            response.Fail(GatewayError.Internal());
        }
    }

    /// <summary>Every second until the end is stored, or the store says that nobody wants more of it.</summary>
    private async Task ReportAsync(BackgroundResponse response, Task run)
    {
        try
        {
            var tries = 0;
            while (tries < MaxTries)
            {
                // The end is reported at once; what could not be reported, in a second.
                var delay = Task.Delay(Interval, timeProvider);
                await (tries > 0 ? delay : Task.WhenAny(run, delay));
                var report = response.Report(isOver: run.IsCompleted);
                try
                {
                    using var limit = new CancellationTokenSource(ReportTimeout, timeProvider);
                    if (await store.ReportAsync(report, limit.Token) is not { IsKept: true })
                    {
                        return;
                    }

                    tries = 0;
                    response.Reported(report);
                    if (report.IsEnded)
                    {
                        return;
                    }
                }
                catch (Exception exception)
                {
                    // Whatever it was: without reports the response would be lost.
                    tries++;
                    LogNotReported(exception, response.Id);
                }
            }
        }
        finally
        {
            response.EndLive();
            response.Abort();
            await run;
            response.Dispose();
            runs.Leave();
        }
    }

    /// <summary>The request as it goes on without its connection.</summary>
    private DefaultHttpContext Detach(HttpContext context, CancellationToken aborted)
    {
        var detached = new DefaultHttpContext { RequestAborted = aborted, RequestServices = services };
        RequestIds.Share(context, detached);
        detached.Request.Method = context.Request.Method;
        detached.Request.Path = context.Request.Path;
        foreach (var (name, value) in context.Request.Headers)
        {
            detached.Request.Headers[name] = value;
        }

        return detached;
    }

    /// <summary>What admission says of the limits.</summary>
    private static void CopyHeaders(HttpContext from, HttpContext to)
    {
        foreach (var (name, value) in from.Response.Headers)
        {
            to.Response.Headers.TryAdd(name, value);
        }
    }

    [LoggerMessage(LogLevel.Error, "The background response {Id} failed.")]
    private partial void LogFailed(Exception exception, string id);

    [LoggerMessage(LogLevel.Warning, "The background response {Id} could not be reported.")]
    private partial void LogNotReported(Exception exception, string id);
}
