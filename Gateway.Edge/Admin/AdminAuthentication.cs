using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Edge.Errors;
using Gateway.Edge.Pipeline;
using ServiceDefaults.Telemetry.Prometheus;

namespace Gateway.Edge.Admin;

/// <summary>
/// Everything below <c>/admin</c>, <c>/stats</c> and <c>/auth</c> is for administrators. What a router of services tells of itself is also for whoever has a virtual key.
/// </summary>
internal static class AdminAuthentication
{
    public static void UseAdminAuthentication(this WebApplication app)
    {
        app.UseWhen(context => IsBelow(context, "/admin") || IsBelow(context, "/stats") || IsBelow(context, "/auth"), path => path.Use(async (context, next) =>
        {
            await AdmitAsync(context, () => RequireAdminAsync(context, FindSecret(context, "The admin API needs an admin key.")));
            await next(context);
        }));
        app.UseWhen(context => IsBelow(context, MetricsAccess.Path) && !MetricsAccess.Allows(context), path => path.Use(async (context, next) =>
        {
            await RequireAdminAsync(context, FindSecret(context, "Metrics need an admin key, or the token of Metrics:Token."));
            await next(context);
        }));
        app.UseWhen(IsOfRouter, path => path.Use(async (context, next) =>
        {
            var secret = FindSecret(context, "The router needs an admin key or a virtual key.");
            var ledger = context.RequestServices.GetRequiredService<IKeyLedger>();
            if (VirtualKeySecret.IsWellFormed(secret) && HttpMethods.IsGet(context.Request.Method))
            {
                _ = await ledger.IdentifyAsync(secret, context.RequestAborted) ?? throw new GatewayErrorException(GatewayError.InvalidKey());
            }
            else if (!HttpMethods.IsGet(context.Request.Method)
                || !await ClientCredentials.MayBeKeyAsync(context, secret)
                || await ledger.IdentifyAsync(secret, context.RequestAborted) is null)
            {
                await AdmitAsync(context, () => RequireAdminAsync(context, secret));
            }

            await next(context);
        }));
    }

    private static bool IsBelow(HttpContext context, string path) => context.Request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase);

    private static bool IsOfRouter(HttpContext context)
        => IsBelow(context, "/router") || IsBelow(context, "/backend") || context.Request.Path.Value.AsSpan().TrimStart('/').IsEmpty;

    private static string FindSecret(HttpContext context, string message)
        => ClientCredentials.Find(context.Request) ?? throw new GatewayErrorException(new GatewayError(GatewayErrorKind.InvalidKey, "admin_key_required", message));

    private static async Task RequireAdminAsync(HttpContext context, string secret)
    {
        if (VirtualKeySecret.IsWellFormed(secret))
        {
            throw new GatewayErrorException(
                new GatewayError(GatewayErrorKind.NotAllowed, "admin_key_required", "A virtual key does not open the admin API."));
        }

        var ledger = context.RequestServices.GetRequiredService<IKeyLedger>();
        var admin = await ledger.IdentifyAdminAsync(secret, context.RequestAborted) ?? throw new GatewayErrorException(
            new GatewayError(GatewayErrorKind.InvalidKey, "invalid_admin_key", "The admin key is wrong."));
        AdminOrigin.Set(context, admin);
    }

    /// <summary>Whoever is refused here is in the audit log for it.</summary>
    private static async Task AdmitAsync(HttpContext context, Func<Task> require)
    {
        try
        {
            await require();
        }
        catch (GatewayErrorException exception) when (exception.Error.Kind is GatewayErrorKind.InvalidKey or GatewayErrorKind.NotAllowed)
        {
            await context.RequestServices.GetRequiredService<AdminRefusals>().RecordAsync(context, ErrorStatus.Of(exception.Error, ClientFormat.Chat));
            throw;
        }
    }
}
