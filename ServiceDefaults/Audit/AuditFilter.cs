using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Contracts.Audit;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServiceDefaults.Http;

namespace ServiceDefaults.Audit;

/// <summary>
/// Records a write before it is done, so that no change is without its entry, and completes the entry with what came of it. An entry that is
/// not completed says that much: it was tried, and nobody knows how it ended.
/// </summary>
internal sealed partial class AuditFilter(string resourceType, Func<IServiceProvider, Guid, CancellationToken, Task<object?>> find) : IEndpointFilter
{
    private const string IdName = "id";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (HttpMethods.IsGet(http.Request.Method))
        {
            return await next(context);
        }

        var log = http.RequestServices.GetRequiredService<IAuditLog>();
        var id = Guid.TryParse(http.GetRouteValue(IdName) as string, out var given) ? given : (Guid?)null;
        var before = await ShowAsync(http, id);
        var entry = Begin(http, id);
        try
        {
            await log.RecordAsync(entry, http.RequestAborted);
        }
        catch (Exception exception) when (!http.RequestAborted.IsCancellationRequested)
        {
            LogRefused(Logger(http), exception, entry.Action, resourceType);
            return AdminProblem.Unavailable("The audit log cannot be written, and nothing is changed without it. Try again later.");
        }

        var result = await next(context);
        try
        {
            await log.RecordAsync(await CompleteAsync(http, entry, id, before, result), CancellationToken.None);
        }
        catch (Exception exception)
        {
            // The change is made; its entry stands, and says that its end is not known.
            LogIncomplete(Logger(http), exception, entry.Action, resourceType, entry.Id);
        }

        return result;
    }

    private AuditEntry Begin(HttpContext http, Guid? id)
    {
        var now = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        return new AuditEntry
        {
            Id = Guid.CreateVersion7(now),
            CreatedAt = now.UtcDateTime,
            Actor = Uri.UnescapeDataString(http.Request.Headers[AuditHeaders.Actor].ToString()) is { Length: > 0 } actor ? actor : "internal",
            Action = ActionOf(http),
            ResourceType = resourceType,
            ResourceId = id?.ToString(),
            RequestId = http.Request.Headers[AuditHeaders.RequestId].ToString() is { Length: > 0 } requestId ? requestId : null,
        };
    }

    private async Task<AuditEntry> CompleteAsync(HttpContext http, AuditEntry entry, Guid? id, JsonObject? before, object? result)
    {
        var outcome = result;
        while (outcome is INestedHttpResult nested)
        {
            outcome = nested.Result;
        }

        var status = (outcome as IStatusCodeHttpResult)?.StatusCode ?? http.Response.StatusCode;
        if (status >= StatusCodes.Status400BadRequest)
        {
            return entry with { StatusCode = status };
        }

        id ??= (outcome as IValueHttpResult)?.Value is { } made && ToJson(http, made)[IdName] is { } madeId ? Guid.Parse(madeId.GetValue<string>()) : null;
        return entry with
        {
            StatusCode = status,
            ResourceId = id?.ToString(),
            Changes = AuditChanges.Between(before, await ShowAsync(http, id)).ToJsonString(),
        };
    }

    private async Task<JsonObject?> ShowAsync(HttpContext http, Guid? id)
        => id is { } some && await find(http.RequestServices, some, http.RequestAborted) is { } resource ? ToJson(http, resource) : null;

    private static JsonObject ToJson(HttpContext http, object resource) => JsonSerializer.SerializeToNode(
        resource, resource.GetType(), http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions)!.AsObject();

    /// <summary>Of <c>POST /admin/keys/{id}/rotate</c>, its last word.</summary>
    private static string ActionOf(HttpContext http)
    {
        var path = http.Request.Path.Value!.TrimEnd('/');
        return http.Request.Method switch
        {
            "PATCH" or "PUT" => "update",
            "DELETE" => "delete",
            _ when http.GetRouteValue(IdName) is not null => path[(path.LastIndexOf('/') + 1)..],
            _ => "create",
        };
    }

    private static ILogger Logger(HttpContext http) => http.RequestServices.GetRequiredService<ILogger<AuditFilter>>();

    [LoggerMessage(LogLevel.Error, "'{Action}' of a {ResourceType} was refused: the audit log cannot be written.")]
    private static partial void LogRefused(ILogger logger, Exception exception, string action, string resourceType);

    [LoggerMessage(LogLevel.Error, "'{Action}' of a {ResourceType} was done, and entry {Id} of the audit log could not be completed.")]
    private static partial void LogIncomplete(ILogger logger, Exception exception, string action, string resourceType, Guid id);
}
