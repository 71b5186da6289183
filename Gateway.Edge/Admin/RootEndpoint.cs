using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults.Authorization;
using ServiceDefaults.Settings;

namespace Gateway.Edge.Admin;

/// <summary><c>GET /</c> of a router of services: which there are, and how one authenticates. There is nothing to tell where there are none.</summary>
internal static class RootEndpoint
{
    public const string Mode = "router";

    public static void MapRoot(this IEndpointRouteBuilder routes) => routes.MapGet("/", GetAsync).WithTags("Services").WithAccess(Access.Router);

    private static async Task<Results<Ok<RootView>, NotFound>> GetAsync(
        IModelRouter router, IKeyLedger ledger, ApiDescriptionSetting api, ClientAuthenticationSetting authentication, CancellationToken cancellationToken)
    {
        if ((await router.ListModelsAsync(cancellationToken)).Services is not { Count: > 0 } services)
        {
            return TypedResults.NotFound();
        }

        var keys = await ledger.CountKeysAsync(cancellationToken);
        return TypedResults.Ok(new RootView(
            api.Title,
            api.Version,
            "/docs",
            Mode,
            services.Count,
            [.. services.Select(service => new RootService(service.Name, service.BackendType, service.Priority))],
            services[0].BackendType,
            new RootAuthentication(authentication.IsEnabled, keys.Valid, authentication.HeaderName)));
    }

    /// <param name="PrimaryBackend">The type of the service that is asked first.</param>
    private sealed record RootView(
        string Message,
        string Version,
        string Docs,
        string Mode,
        int ServicesCount,
        IReadOnlyList<RootService> Services,
        string PrimaryBackend,
        RootAuthentication Authentication);

    private sealed record RootService(string Name, string Type, int Priority);

    private sealed record RootAuthentication(bool Enabled, int ValidKeysCount, string AuthHeader);
}
