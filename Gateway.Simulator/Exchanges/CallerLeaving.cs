using Microsoft.AspNetCore.Connections;

namespace Gateway.Simulator.Exchanges;

/// <summary>Callers that leave, and the simulator's own end, are no faults of the simulator; a script that cannot be played is.</summary>
internal static class CallerLeaving
{
    public static void UseCallerLeaving(this WebApplication app) => app.Use(async (context, next) =>
    {
        try
        {
            await next(context);
        }
        catch (Exception exception) when (IsEnd(exception) && IsOver(context, app.Lifetime))
        {
            context.Abort();
        }
        catch (Exception exception) when (exception is ArgumentException or FileNotFoundException && !context.Response.HasStarted)
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            await context.Response.WriteAsync(exception.Message, context.RequestAborted);
        }
    });

    private static bool IsEnd(Exception exception)
        => exception is OperationCanceledException or ConnectionResetException or BadHttpRequestException;

    private static bool IsOver(HttpContext context, IHostApplicationLifetime lifetime)
        => context.RequestAborted.IsCancellationRequested || lifetime.ApplicationStopping.IsCancellationRequested;
}
