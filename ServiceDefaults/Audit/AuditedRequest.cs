using Gateway.Contracts.Audit;
using Microsoft.AspNetCore.Http;

namespace ServiceDefaults.Audit;

/// <summary>An admin request as an event.</summary>
public static class AuditedRequest
{
    public static AuditEvent DescribeAudited(this HttpContext context, string action, string resourceType)
    {
        return new AuditEvent
        {
            Actor = Header(AuditHeaders.Actor) is { } actor ? Uri.UnescapeDataString(actor) : AuditEvent.Internal,
            ActorKey = Header(AuditHeaders.ActorKey),
            Source = Header(AuditHeaders.Source),
            Client = Header(AuditHeaders.Client),
            Action = action,
            ResourceType = resourceType,
            RequestId = Header(AuditHeaders.RequestId),
            StatusCode = StatusCodes.Status200OK,
        };

        string? Header(string name) => context.Request.Headers[name].ToString() is { Length: > 0 } value ? value : null;
    }
}
