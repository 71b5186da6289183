using Gateway.Contracts;
using Gateway.Contracts.Errors;

namespace Gateway.Edge.Errors;

/// <summary>
/// Gives every failure a body in the caller's format: those that code of ours throws, and those that the framework answers with a bare
/// status (unknown path, wrong method, malformed or oversized request).
/// </summary>
internal static partial class ErrorBodies
{
    public static void UseErrorBodies(this WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ErrorBodies).FullName!);
        app.Use(async (context, next) =>
        {
            var error = await RunAsync(context, next, logger);
            if (error is not null && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
            {
                context.Response.Clear(keepHeaders: true);
                await GatewayErrorWriter.WriteAsync(context, FormatOf(context.Request.Path), error);
            }
        });
    }

    private static async Task<GatewayError?> RunAsync(HttpContext context, RequestDelegate next, ILogger logger)
    {
        try
        {
            await next(context);
            return context.Response is { StatusCode: >= 400, HasStarted: false, ContentType: null } response
                ? FromStatus(response.StatusCode, context.Request)
                : null;
        }
        catch (GatewayErrorException exception)
        {
            if (exception.Error.Kind == GatewayErrorKind.Unavailable)
            {
                // An outage refuses every call: one line for each, and whose fault it is does not stand in our stack.
                LogUnavailable(logger, exception.Message, exception.InnerException?.Message);
            }
            else if (exception.Error.Kind == GatewayErrorKind.Internal)
            {
                LogInternal(logger, exception.InnerException, exception.Message);
            }

            return exception.Error;
        }
        catch (BadHttpRequestException exception)
        {
            return FromStatus(exception.StatusCode, context.Request);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception exception)
        {
            LogFault(logger, exception, context.Request.Method, context.Request.Path);
            return GatewayError.Internal();
        }
    }

    /// <summary>The path says what is spoken; anything outside the Messages API is answered as OpenAI does.</summary>
    private static ClientFormat FormatOf(PathString path)
        => path.StartsWithSegments("/v1/messages", StringComparison.Ordinal) ? ClientFormat.Messages : ClientFormat.Chat;

    private static GatewayError FromStatus(int status, HttpRequest request) => status switch
    {
        StatusCodes.Status401Unauthorized => GatewayError.InvalidKey(),
        StatusCodes.Status404NotFound => new GatewayError(
            GatewayErrorKind.NotFound, "not_found", $"There is nothing at {request.Method} {Gateway.Llm.Json.JsonStrings.Shorten(request.Path)}."),
        StatusCodes.Status405MethodNotAllowed => new GatewayError(
            GatewayErrorKind.MethodNotAllowed,
            "method_not_allowed",
            $"{Gateway.Llm.Json.JsonStrings.Shorten(request.Method)} is not allowed at {Gateway.Llm.Json.JsonStrings.Shorten(request.Path)}."),
        StatusCodes.Status408RequestTimeout => new GatewayError(GatewayErrorKind.RequestTimeout, "request_timeout", "The request came too slowly."),
        StatusCodes.Status413PayloadTooLarge => new GatewayError(GatewayErrorKind.RequestTooLarge, "request_too_large", "The request is too large."),
        StatusCodes.Status415UnsupportedMediaType => new GatewayError(
            GatewayErrorKind.UnsupportedMediaType, "unsupported_media_type", "The content type must be application/json."),
        >= 500 => GatewayError.Internal(),
        _ => GatewayError.BadRequest("bad_request", "The request is malformed."),
    };

    private static void Clear(this HttpResponse response, bool keepHeaders)
    {
        // Clear() would take the request id with it.
        var kept = keepHeaders ? response.Headers.ToArray() : [];
        response.Clear();
        foreach (var (name, value) in kept)
        {
            if (!name.StartsWith("content-", StringComparison.OrdinalIgnoreCase))
            {
                response.Headers[name] = value;
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "A call was refused: {Reason} ({Cause})")]
    private static partial void LogUnavailable(ILogger logger, string reason, string? cause);

    [LoggerMessage(LogLevel.Error, "A call was answered with: {Reason}")]
    private static partial void LogInternal(ILogger logger, Exception? exception, string reason);

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed.")]
    private static partial void LogFault(ILogger logger, Exception exception, string method, string path);
}
