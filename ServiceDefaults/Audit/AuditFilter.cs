using Gateway.Contracts.Audit;
using Gateway.Contracts.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Changes;
using ServiceDefaults.Http;

namespace ServiceDefaults.Audit;

/// <summary>
/// Opens a scope around an admin write: its entry is in the transaction of the change. What changed nothing, a refused try above all, has an
/// entry of its own afterwards.
/// </summary>
internal sealed partial class AuditFilter(AuditedResource resource, bool withReads) : IEndpointFilter
{
    private const string IdName = "id";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (!withReads && (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)))
        {
            return await next(context);
        }

        var chain = http.RequestServices.GetServices<AuditChain>().Single(chain => chain.ContextType == resource.ContextType);
        var happens = Describe(http, resource.Type);
        var id = Guid.TryParse(http.GetRouteValue(IdName) as string, out var given) ? given : (Guid?)null;
        using var scope = AuditScope.Open(chain, resource, happens, id, http.RequestServices);
        object? result;
        try
        {
            result = await next(context);
        }
        catch (AuditUnavailableException exception)
        {
            LogRefused(Logger(http), exception, happens.Action, resource.Type);
            return AdminProblem.Unavailable("The audit log cannot be written, and nothing is changed without it. Try again later.");
        }
        catch (Exception exception)
        {
            if (!scope.IsWritten)
            {
                await RecordAsync(http, chain, scope.End(StatusOf(exception)));
            }

            throw;
        }

        var status = AdminAnswers.StatusOf(http, result);
        if (!scope.IsWritten && !await RecordAsync(http, chain, scope.End(status)) && status < StatusCodes.Status400BadRequest)
        {
            return AdminProblem.Unavailable("The audit log cannot be written, and nothing was done. Try again later.");
        }

        await chain.Tail.WaitForCopyAsync(http.RequestAborted);
        return result;
    }

    private static AuditEvent Describe(HttpContext http, string resourceType)
    {
        var action = ActionOf(http);
        return http.DescribeAudited(action, resourceType) with
        {
            StatusCode = action switch
            {
                "create" => StatusCodes.Status201Created,
                "delete" => StatusCodes.Status204NoContent,
                _ => StatusCodes.Status200OK,
            },
        };
    }

    private static int StatusOf(Exception exception) => exception switch
    {
        OperationCanceledException => StatusCodes.Status499ClientClosedRequest,
        BadHttpRequestException bad => bad.StatusCode,
        GatewayErrorException { Error.Kind: GatewayErrorKind.Unavailable } => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>Of <c>POST /admin/keys/{id}/rotate</c>, its last word; of <c>POST /admin/keys/</c>, create.</summary>
    private static string ActionOf(HttpContext http)
    {
        var pattern = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "/";
        return http.Request.Method switch
        {
            "PATCH" or "PUT" => "update",
            "DELETE" => "delete",
            "GET" or "HEAD" => "read",
            _ when pattern.EndsWith('/') || pattern.EndsWith('}') => "create",
            _ => pattern[(pattern.LastIndexOf('/') + 1)..],
        };
    }

    private static ILogger Logger(HttpContext http) => http.RequestServices.GetRequiredService<ILogger<AuditFilter>>();

    /// <summary>A refusal stands, whether it could be written down or not; the log says which.</summary>
    private static async Task<bool> RecordAsync(HttpContext http, AuditChain chain, AuditEvent happened)
    {
        try
        {
            await chain.RecordAsync(happened, CancellationToken.None);
            return true;
        }
        catch (Exception exception) when (exception is System.Data.Common.DbException or InvalidOperationException or Microsoft.EntityFrameworkCore.DbUpdateException)
        {
            LogUnrecorded(Logger(http), exception, happened.Action, happened.ResourceType, happened.StatusCode);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Error, "'{Action}' of a {ResourceType} was refused: the audit log cannot be written.")]
    private static partial void LogRefused(ILogger logger, Exception exception, string action, string resourceType);

    [LoggerMessage(LogLevel.Error, "'{Action}' of a {ResourceType} changed nothing (status {Status}), and the audit log cannot be written.")]
    private static partial void LogUnrecorded(ILogger logger, Exception exception, string action, string resourceType, int? status);
}
