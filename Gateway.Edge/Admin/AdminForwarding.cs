using System.Net;
using Gateway.Contracts.Audit;
using Gateway.Contracts.Keys;
using Gateway.Edge.Services;
using ServiceDefaults.Authorization;
using ServiceDefaults.Description;
using ServiceDefaults.Ownership;

namespace Gateway.Edge.Admin;

/// <summary>The admin API in front of the services that own it: a request goes on as it came, without the caller's credentials.</summary>
internal static class AdminForwarding
{
    public static void MapAdminForwarding(this IEndpointRouteBuilder routes)
    {
        routes.Forward("/admin/projects", ServiceClients.KeyService, Access.ProjectRead);
        routes.Forward("/admin/keys", ServiceClients.KeyService, Access.Project);
        routes.Forward("/admin/keys/hashes", ServiceClients.KeyService, Access.AdminWrite);
        routes.Forward("/admin/keys/compare", ServiceClients.KeyService, Access.AdminWrite);
        routes.Forward("/admin/admins", ServiceClients.KeyService, Access.Owner);
        routes.Forward("/admin/budgets", ServiceClients.KeyService, Access.ProjectRead);
        routes.Forward("/admin/providers", ServiceClients.RoutingService, Access.Admin);
        routes.Forward("/admin/credentials", ServiceClients.RoutingService, Access.Admin);
        routes.Forward("/admin/deployments", ServiceClients.RoutingService, Access.Admin);
        routes.Forward("/admin/models", ServiceClients.RoutingService, Access.Admin);
        routes.Forward("/admin/prices", ServiceClients.RoutingService, Access.Admin);
        routes.Forward("/admin/routing", ServiceClients.RoutingService, Access.Admin);
        routes.Forward("/router", ServiceClients.RoutingService, Access.Router);
        routes.Forward("/backend", ServiceClients.RoutingService, Access.Router);
        routes.MapPost("/auth/reload-keys", context => ForwardAsync(context, ServiceClients.KeyService)).WithAccess(Access.AdminWrite).WithoutDescription();
        routes.Forward("/admin/logs", ServiceClients.UsageService, Access.ProjectRead);
        routes.Forward("/admin/logs/{id}/content", ServiceClients.UsageService, Access.AdminWrite);
        routes.Forward("/admin/usage", ServiceClients.UsageService, Access.ProjectRead);
        routes.Forward("/admin/usage/check", ServiceClients.UsageService, Access.Admin);
        routes.Forward("/stats", ServiceClients.UsageService, Access.Admin);
        routes.Forward("/admin/audit-logs", ServiceClients.UsageService, Access.Admin);
        routes.MapGet("/admin/audit-logs/verify", AuditVerification.VerifyAsync).WithAccess(Access.Admin).WithoutDescription();
        routes.Forward("/admin/reconciliation", ServiceClients.UsageService, Access.AdminRead);
    }

    private static void Forward(this IEndpointRouteBuilder routes, string path, string service, Access access)
        => routes.Map(path + "/{**rest}", context => ForwardAsync(context, service)).WithAccess(access).WithoutDescription();

    private static async Task ForwardAsync(HttpContext context, string service)
    {
        // What is still escaped after decoding (%252e) would be decoded again behind us, and lead out of the admin API.
        if (context.Request.Path.Value!.Contains('%', StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var client = context.RequestServices.GetRequiredService<IHttpClientFactory>().CreateClient(service);
        using var request = new HttpRequestMessage(
            new HttpMethod(context.Request.Method), new Uri($"{context.Request.Path.ToUriComponent()}{context.Request.QueryString}", UriKind.Relative));
        if (context.Request.ContentLength > 0 || context.Request.Headers.TransferEncoding.Count > 0)
        {
            request.Content = new StreamContent(context.Request.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        }

        foreach (var header in (ReadOnlySpan<string>)[.. AuditHeaders.All, AdminHeaders.Project, Owners.Header, "If-Match", "Idempotency-Key", "Last-Event-ID"])
        {
            if (context.Request.Headers.TryGetValue(header, out var given))
            {
                request.Headers.TryAddWithoutValidation(header, given.ToArray());
            }
        }

        using var response = await InternalHttp.SendAsync(
            service,
            () => client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted),
            context.RequestAborted,
            // What the service says about the request, or about a part that it needs, is the administrator's; what it says about its own fault is not.
            isExpected: status => (int)status < 500 || status == HttpStatusCode.ServiceUnavailable);
        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        if (response.Headers.Location is { } location)
        {
            context.Response.Headers.Location = location.ToString();
        }

        foreach (var name in (ReadOnlySpan<string>)["ETag", "Idempotency-Replayed"])
        {
            if (response.Headers.TryGetValues(name, out var values))
            {
                context.Response.Headers[name] = values.ToArray();
            }
        }

        context.Response.Headers.CacheControl = response.Headers.CacheControl?.ToString();
        context.Response.Headers.ContentDisposition = response.Content.Headers.ContentDisposition?.ToString();
        context.Response.Headers.XContentTypeOptions = "nosniff";

        await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
