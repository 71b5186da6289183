using Gateway.Simulator.Ledger;
using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Sending;

/// <summary>Sends what is well-formed HTTP. The connection stays usable afterwards.</summary>
internal sealed class KestrelSender(TimeProvider time)
{
    public async Task SendAsync(HttpContext context, ResolvedAnswer answer, ReceivedRequest? entry, CancellationToken cancellationToken)
    {
        var script = answer.Script;
        await time.Delay(TimeSpan.FromMilliseconds(script.DelayBeforeHeadersMs), cancellationToken);
        if (script is { Ending: AnswerEnding.Stall, EndBeforeHeaders: true })
        {
            await StallAsync(context, cancellationToken);
            return;
        }

        var response = context.Response;
        response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
        {
            response.Headers[name] = value;
        }

        if (answer.Status is 204 or 205 or 304)
        {
            response.ContentLength = null;
            return;
        }

        response.ContentLength = answer.Framing == AnswerFraming.Length ? answer.BodyLength : null;
        await response.StartAsync(cancellationToken);
        if (answer.Framing == AnswerFraming.Chunked || script.Ending == AnswerEnding.Stall)
        {
            await response.BodyWriter.FlushAsync(cancellationToken);
        }

        for (var i = 0; i < answer.Chunks.Count; i++)
        {
            if (i > 0)
            {
                await time.Delay(TimeSpan.FromMilliseconds(script.DelayBetweenChunksMs), cancellationToken);
            }

            await response.BodyWriter.WriteAsync(answer.Chunks[i], cancellationToken);
            entry?.CountSent(answer.Chunks[i].Length);
        }

        if (script.Ending == AnswerEnding.Stall)
        {
            await (answer.Ping.IsEmpty ? StallAsync(context, cancellationToken) : PingAsync(context, answer, cancellationToken));
        }
    }

    private async Task PingAsync(HttpContext context, ResolvedAnswer answer, CancellationToken cancellationToken)
    {
        while (true)
        {
            await time.Delay(TimeSpan.FromMilliseconds(answer.Script.PingEveryMs), cancellationToken);
            await context.Response.BodyWriter.WriteAsync(answer.Ping, cancellationToken);
        }
    }

    /// <summary>Holds the connection until the caller leaves or the simulator stops.</summary>
    private async Task StallAsync(HttpContext context, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
        }
        finally
        {
            context.Abort();
        }
    }
}
