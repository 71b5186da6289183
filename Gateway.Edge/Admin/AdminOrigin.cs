using Gateway.Contracts.Audit;
using Gateway.Contracts.Keys;
using Gateway.Edge.Pipeline;

namespace Gateway.Edge.Admin;

/// <summary>Who administers, and from where: told to the services in headers of our own, whatever the client sent under their names.</summary>
internal static class AdminOrigin
{
    public static void Clear(HttpContext context)
    {
        var headers = context.Request.Headers;
        foreach (var name in AuditHeaders.All)
        {
            headers.Remove(name);
        }

        headers.Remove(AdminHeaders.Project);
    }

    public static void Set(HttpContext context, AdminIdentity admin)
    {
        var headers = context.Request.Headers;
        headers[AuditHeaders.Actor] = Uri.EscapeDataString(admin.Name);
        headers[AuditHeaders.ActorKey] = admin.Fingerprint;
        headers[AuditHeaders.Source] = SourceOf(context);
        headers[AuditHeaders.Client] = ClientOf(context);
        headers[AuditHeaders.RequestId] = RequestIds.Of(context);
        if (admin.Role == AdminRole.Project)
        {
            headers[AdminHeaders.Project] = admin.ProjectId!.Value.ToString();
        }
    }

    public static AdminOriginFacts FactsOf(HttpContext context) => new(SourceOf(context), ClientOf(context), RequestIds.Of(context));

    /// <summary>The caller is an administrator, and not a client.</summary>
    public static bool IsSet(HttpContext context) => context.Features.Get<AdminCaller>() is not null;

    /// <summary>The peer of the connection: what a client says of its own address is not asked.</summary>
    public static string? SourceOf(HttpContext context)
        => context.Connection.RemoteIpAddress is { } address ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString() : null;

    public static string ClientOf(HttpContext context) => ClientNames.Of(context.Request.Headers.UserAgent.ToString());
}
