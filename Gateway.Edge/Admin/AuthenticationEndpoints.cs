using Gateway.Contracts.Audit;
using Gateway.Contracts.Keys;
using Gateway.Edge.Pipeline;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults.Audit;
using ServiceDefaults.Authorization;
using ServiceDefaults.Settings;

namespace Gateway.Edge.Admin;

/// <summary><c>/auth</c>: how clients authenticate, and who tried to. The keys of the environment are read again by KeyService.</summary>
internal static class AuthenticationEndpoints
{
    public static void UseAuthenticationCounts(this WebApplication app)
    {
        var counts = app.Services.GetRequiredService<AuthenticationCounts>();
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase),
            path => path.Use(async (context, next) =>
            {
                try
                {
                    await next(context);
                }
                finally
                {
                    counts.Count(context);
                }
            }));
    }

    public static void MapAuthentication(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/auth").WithTags("Authentication").WithAccess(Access.Router);
        group.MapGet("/status", GetStatusAsync);
        group.MapGet("/metrics", GetMetricsAsync);
        group.MapPost("/reset-metrics", ResetAsync).WithAccess(Access.AdminWrite).WithoutAudit("It is no database's: the entry is written by itself.");
    }

    private static async Task<Ok<AuthenticationStatus>> GetStatusAsync(
        IKeyLedger ledger, ClientAuthenticationSetting setting, CancellationToken cancellationToken)
        => TypedResults.Ok(AuthenticationStatus.From(setting, await ledger.CountKeysAsync(cancellationToken)));

    /// <summary>Who asks with a key of a client is told of that key, and of all together.</summary>
    private static async Task<Ok<AuthenticationView>> GetMetricsAsync(
        HttpContext context, AuthenticationCounts counts, IKeyLedger ledger, CancellationToken cancellationToken)
    {
        var (valid, view) = (await ledger.CountKeysAsync(cancellationToken), counts.ToView());
        if (!AdminOrigin.IsSet(context))
        {
            var own = ClientCredentials.Find(context) is { } secret ? AuthenticationCounts.Mask(secret) : AnonymousKey.Name;
            view = view with { KeysMetrics = view.KeysMetrics.Where(key => key.Key == own).ToDictionary() };
        }

        return TypedResults.Ok(view with { ValidKeysCount = valid.Valid });
    }

    private static async Task<Ok<ResetView>> ResetAsync(HttpContext context, AuthenticationCounts counts, IAuditLog audit, CancellationToken cancellationToken)
    {
        await audit.RecordAsync(context.DescribeAudited("reset-metrics", "authentication") with { Changes = "{}" }, cancellationToken);
        counts.Reset();
        return TypedResults.Ok(new ResetView("success", "Authentication metrics reset"));
    }
}

/// <param name="SystemStatus">active, or no_keys_loaded.</param>
internal sealed record AuthenticationStatus(bool Enabled, int ValidKeysCount, string AuthHeader, string SystemStatus)
{
    public static AuthenticationStatus From(ClientAuthenticationSetting setting, KeyCount keys)
        => new(setting.IsEnabled, keys.Valid, setting.HeaderName, keys.Valid > 0 ? "active" : "no_keys_loaded");
}

internal sealed record ResetView(string Status, string Message);
