using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Edge.Errors;
using Gateway.Edge.Pipeline;
using ServiceDefaults.Authorization;
using ServiceDefaults.Telemetry.Prometheus;

namespace Gateway.Edge.Admin;

/// <summary>Lets a request come to its endpoint when the caller is who the endpoint's <see cref="Access"/> asks for.</summary>
internal static class AdminAuthentication
{
    public static void UseAdminAuthentication(this WebApplication app)
    {
        var table = app.Services.GetRequiredService<AccessTable>();
        app.Use(async (context, next) =>
        {
            AdminOrigin.Clear(context);
            var access = table.Find(context) ?? throw new GatewayErrorException(
                new GatewayError(GatewayErrorKind.NotAllowed, "access_not_declared", "This is closed: it does not say who may use it."));
            if (access is not (Access.Public or Access.VirtualKey))
            {
                await AdmitAsync(context, access);
            }

            await next(context);
        });
    }

    private static async Task AdmitAsync(HttpContext context, Access access)
    {
        if (access == Access.Metrics)
        {
            if (!MetricsAccess.Allows(context))
            {
                await RequireAdminAsync(context, access, "Metrics need an admin key, or the token of Metrics:Token.");
            }

            return;
        }

        // Whoever is refused here is in the audit log for it.
        try
        {
            if (access == Access.Router && AccessRules.IsRead(context.Request.Method) && await IsClientAsync(context))
            {
                return;
            }

            await RequireAdminAsync(
                context, access, access == Access.Router ? "The router needs an admin key or a virtual key." : "The admin API needs an admin key.");
        }
        catch (GatewayErrorException exception) when (AdminRefusals.IsOne(exception.Error))
        {
            await context.RequestServices.GetRequiredService<AdminRefusals>().RecordAsync(context, ErrorStatus.Of(exception.Error, ClientFormat.Chat));
            throw;
        }
    }

    /// <summary>Whoever has a virtual key; where clients need none, everyone.</summary>
    private static async Task<bool> IsClientAsync(HttpContext context)
    {
        if (ClientCredentials.Find(context) is not { } secret)
        {
            return !ClientCredentials.SettingOf(context).IsEnabled;
        }

        var ledger = context.RequestServices.GetRequiredService<IKeyLedger>();
        if (!ClientCredentials.SettingOf(context).IsEnabled && !VirtualKeySecret.IsWellFormed(secret))
        {
            // Everybody is a client there who is no administrator.
            return await ledger.IdentifyAdminAsync(secret, context.RequestAborted) is null;
        }

        if (await ClientCredentials.MayBeKeyAsync(context, secret) && await ledger.IdentifyAsync(secret, context.RequestAborted) is { } client)
        {
            context.Features.Set(client.Key);
            return true;
        }

        return VirtualKeySecret.IsWellFormed(secret) ? throw new GatewayErrorException(GatewayError.InvalidKey()) : false;
    }

    private static async Task RequireAdminAsync(HttpContext context, Access access, string missing)
    {
        var caller = await AdminCaller.IdentifyAsync(context, missing);
        AccessRules.Require(caller.Admin, access, context.Request.Method);
        AdminOrigin.Set(context, caller.Admin);
        context.Features.Set(caller);
    }
}
