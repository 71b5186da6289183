using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Edge.Admin;
using Gateway.Edge.Pipeline;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using ServiceDefaults.Health;
using ServiceDefaults.Settings;

namespace Gateway.Edge.Health;

/// <summary>
/// What <c>GET /health</c> tells beside whether this process is well: of a router of services how those are, to everyone; and to an administrator
/// each of them.
/// </summary>
internal sealed class EdgeHealthDetails(
    RouterStatus router, IKeyLedger ledger, ApiDescriptionSetting api, ClientAuthenticationSetting authentication, IOptions<JsonOptions> json) : IHealthDetails
{
    public async Task AddAsync(HttpContext context, JsonObject health)
    {
        var known = await router.FindAsync(context.RequestAborted);
        if (health["status"]!.GetValue<string>() == "healthy")
        {
            health["status"] = known is null ? "degraded" : known.Services?.OverallStatus ?? "healthy";
        }

        health["mode"] = known?.Services is null ? "gateway" : RootEndpoint.Mode;
        health["version"] = api.Version;
        health["router"] = "automatic";
        if (await IsAdminAsync(context))
        {
            var details = known?.Services is { } services ? JsonSerializer.SerializeToNode(services, json.Value.SerializerOptions)!.AsObject() : [];
            details["authentication"] = new JsonObject { ["enabled"] = authentication.IsEnabled, ["auth_header"] = authentication.HeaderName };
            health["details"] = details;
        }
    }

    /// <summary>A credential that is none makes no difference: this is open to all.</summary>
    private async Task<bool> IsAdminAsync(HttpContext context)
    {
        try
        {
            return ClientCredentials.Find(context) is { } secret
                && !VirtualKeySecret.IsWellFormed(secret)
                && await ledger.IdentifyAdminAsync(secret, context.RequestAborted) is { } admin
                && admin.Role >= AdminRole.Viewer;
        }
        catch (GatewayErrorException)
        {
            return false;
        }
    }
}
