using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace OpenTelemetry.Instrumentation.AspNetCore;

/// <summary>The stable HTTP server attributes: https://opentelemetry.io/docs/specs/semconv/http/http-spans/.</summary>
internal static class RequestSpan
{
    private const string OtherMethod = "_OTHER";

    private static readonly string[] KnownMethods =
        ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "CONNECT", "TRACE"];

    public static void Begin(Activity activity, HttpRequest request)
    {
        var path = (request.PathBase + request.Path).Value;
        var method = KnownMethod(request);
        activity.DisplayName = SpanMethod(method);
        activity.SetTag("http.request.method", method);
        activity.SetTag("url.path", string.IsNullOrEmpty(path) ? "/" : path);
        activity.SetTag("url.scheme", request.Scheme);
        if (method == OtherMethod)
        {
            activity.SetTag("http.request.method_original", request.Method);
        }
    }

    public static void End(Activity activity, HttpContext context)
    {
        var statusCode = context.Response.StatusCode;
        Finish(activity, context, statusCode);
        if (statusCode >= StatusCodes.Status500InternalServerError && activity.Status == ActivityStatusCode.Unset)
        {
            activity.SetStatus(ActivityStatusCode.Error);
            activity.SetTag("error.type", statusCode.ToString(CultureInfo.InvariantCulture));
        }
    }

    public static void Fail(Activity activity, HttpContext context, Exception exception)
    {
        // The server answers 500 to an exception that leaves the pipeline, unless the answer has begun.
        Finish(activity, context, context.Response.HasStarted ? context.Response.StatusCode : StatusCodes.Status500InternalServerError);
        activity.SetStatus(ActivityStatusCode.Error);
        activity.SetTag("error.type", exception.GetType().FullName);
    }

    private static void Finish(Activity activity, HttpContext context, int statusCode)
    {
        activity.SetTag("http.response.status_code", statusCode);

        // An exception handler runs without the endpoint that failed, and keeps it in its feature.
        var endpoint = context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        if ((endpoint as RouteEndpoint)?.RoutePattern.RawText is { Length: > 0 } route)
        {
            activity.DisplayName = $"{SpanMethod(KnownMethod(context.Request))} {route}";
            activity.SetTag("http.route", route);
        }
    }

    private static string KnownMethod(HttpRequest request)
        => Array.Find(KnownMethods, known => known.Equals(request.Method, StringComparison.OrdinalIgnoreCase)) ?? OtherMethod;

    private static string SpanMethod(string method) => method == OtherMethod ? "HTTP" : method;
}
