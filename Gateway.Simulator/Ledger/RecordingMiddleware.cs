namespace Gateway.Simulator.Ledger;

/// <summary>Enters every request in the ledger, but for those to the simulator's own endpoints.</summary>
internal static class RecordingMiddleware
{
    public static void UseRecording(this IApplicationBuilder app, RequestLedger ledger)
    {
        if (!ledger.IsOn)
        {
            return;
        }

        app.Use(next => async context =>
        {
            if (context.Request.Path.StartsWithSegments(Control.ControlEndpoints.Prefix, StringComparison.Ordinal)
                || context.Request.Path == Control.ControlEndpoints.Health)
            {
                await next(context);
                return;
            }

            var entry = ledger.Begin(context);
            context.Features.Set(entry);
            try
            {
                await next(context);
                entry.Status ??= context.Response.HasStarted ? context.Response.StatusCode : entry.Status;
            }
            finally
            {
                ledger.End(entry, connectionIsGone: context.RequestAborted.IsCancellationRequested);
            }
        });
    }
}
