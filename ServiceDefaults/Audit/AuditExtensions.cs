using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ServiceDefaults.Audit;

public static class AuditExtensions
{
    /// <summary>Every write of these endpoints goes into the audit log; one that cannot is refused.</summary>
    /// <param name="group">Admin endpoints of one resource, whose id is the route value <c>id</c>.</param>
    /// <param name="resourceType">What the log calls it.</param>
    /// <param name="find">The resource as the admin API shows it, which is without secrets; null where there is none.</param>
    public static RouteGroupBuilder WithAudit(
        this RouteGroupBuilder group, string resourceType, Func<IServiceProvider, Guid, CancellationToken, Task<object?>> find)
        => group.AddEndpointFilter(new AuditFilter(resourceType, find));
}
