using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace OpenTelemetry.Instrumentation.AspNetCore;

/// <summary>Completes the span that ASP.NET Core starts for a request, from the outermost place of the pipeline.</summary>
internal sealed class RequestSpanStartupFilter(IOptions<AspNetCoreTraceInstrumentationOptions> options) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        var filter = options.Value.Filter;
        app.Use(inner => context => InvokeAsync(context, inner, filter));
        next(app);
    };

    private static Task InvokeAsync(HttpContext context, RequestDelegate next, Func<HttpContext, bool>? filter)
    {
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is not { IsAllDataRequested: true } activity)
        {
            return next(context);
        }

        if (filter?.Invoke(context) == false)
        {
            activity.IsAllDataRequested = false;
            activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            return next(context);
        }

        return InvokeTracedAsync(context, next, activity);
    }

    private static async Task InvokeTracedAsync(HttpContext context, RequestDelegate next, Activity activity)
    {
        RequestSpan.Begin(activity, context.Request);
        try
        {
            await next(context);
        }
        catch (Exception exception)
        {
            RequestSpan.Fail(activity, context, exception);
            throw;
        }

        RequestSpan.End(activity, context);
    }
}
