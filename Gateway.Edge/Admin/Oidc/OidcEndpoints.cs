using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Edge.Admin.Sessions;
using Gateway.Edge.Errors;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using ServiceDefaults.Authorization;

namespace Gateway.Edge.Admin.Oidc;

/// <summary>Where a browser goes to sign in at the identity provider, and where it comes back.</summary>
internal static class OidcEndpoints
{
    public const string CallbackPath = "/admin/session/oidc/callback";

    private const string BeginPath = "/admin/session/oidc";
    private const string DefaultReturn = "/console";
    private const int MaxReturn = 500;

    public static void MapOidc(this IEndpointRouteBuilder routes)
    {
        if (!routes.ServiceProvider.GetRequiredService<IOptions<OidcOptions>>().Value.IsOn)
        {
            return;
        }

        routes.MapGet(BeginPath, BeginAsync).WithTags("Session").WithAccess(Access.Public).WithSummary("Sends a browser to the identity provider");
        routes.MapGet(CallbackPath, EndAsync).WithTags("Session").WithAccess(Access.Public).WithSummary("Where the identity provider sends it back to");
    }

    private static async Task<IResult> BeginAsync(HttpContext context, OidcSignIn signIn)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Redirect(await signIn.BeginAsync(context, ReturnPathOf(context.Request.Query["return"])));
    }

    private static async Task<IResult> EndAsync(HttpContext context, OidcSignIn signIn, [FromServices] IAdminSessions sessions)
    {
        context.Response.Headers.CacheControl = "no-store";
        try
        {
            var (admin, returnPath) = await signIn.EndAsync(context);
            if (await sessions.SignInAsync(new SignIn(AdminOrigin.FactsOf(context)) { External = admin }, context.RequestAborted) is not { } session)
            {
                throw new GatewayErrorException(new GatewayError(GatewayErrorKind.NotAllowed, "admin_disabled", "An owner of this gateway has disabled you here."));
            }

            SessionCookie.Write(context, session.Secret!, session.ExpiresAt);
            return TypedResults.LocalRedirect(returnPath);
        }
        catch (GatewayErrorException exception) when (AdminRefusals.IsOne(exception.Error))
        {
            await context.RequestServices.GetRequiredService<AdminRefusals>().RecordAsync(context, ErrorStatus.Of(exception.Error, ClientFormat.Chat));
            throw;
        }
    }

    /// <summary>A path of our own: anything else would send whoever signs in to somebody else's page.</summary>
    private static string ReturnPathOf(string? asked)
        => asked is ['/', .. var rest] && asked.Length <= MaxReturn && !rest.StartsWith('/') && !rest.Contains('\\') && !asked.Any(char.IsControl) ? asked : DefaultReturn;
}
