using Gateway.Contracts.Audit;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Edge.Pipeline;

namespace Gateway.Edge.Admin;

/// <summary>Everything below <c>/admin</c> is for administrators.</summary>
internal static class AdminAuthentication
{
    public static void UseAdminAuthentication(this WebApplication app) => app.UseWhen(
        context => context.Request.Path.StartsWithSegments("/admin", StringComparison.OrdinalIgnoreCase),
        path => path.Use(async (context, next) =>
        {
            var secret = ClientCredentials.Find(context.Request) ?? throw new GatewayErrorException(
                new GatewayError(GatewayErrorKind.InvalidKey, "admin_key_required", "The admin API needs an admin key."));
            if (VirtualKeySecret.IsWellFormed(secret))
            {
                throw new GatewayErrorException(
                    new GatewayError(GatewayErrorKind.NotAllowed, "admin_key_required", "A virtual key does not open the admin API."));
            }

            var ledger = context.RequestServices.GetRequiredService<IKeyLedger>();
            var admin = await ledger.IdentifyAdminAsync(secret, context.RequestAborted) ?? throw new GatewayErrorException(
                new GatewayError(GatewayErrorKind.InvalidKey, "invalid_admin_key", "The admin key is wrong."));
            context.Request.Headers[AuditHeaders.Actor] = Uri.EscapeDataString(admin.Name);
            context.Request.Headers[AuditHeaders.RequestId] = RequestIds.Of(context);
            await next(context);
        }));
}
