using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Edge.Admin.Oidc;
using Gateway.Edge.Errors;
using Gateway.Edge.Pipeline;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using ServiceDefaults.Audit;
using ServiceDefaults.Authorization;
using ServiceDefaults.Description;
using ServiceDefaults.Http;

namespace Gateway.Edge.Admin.Sessions;

/// <summary><c>/admin/session</c>: a browser's administrator signs in, asks who it is, and signs out.</summary>
internal static class SessionEndpoints
{
    private const string AuditedElsewhere = "KeyService, which keeps the sessions, writes its own entry of it.";
    private const int MaxBody = 4096;
    private const int MaxToken = 512;

    public static void MapAdminSessions(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/admin/session").WithTags("Session").AddEndpointFilter(async (context, next) =>
        {
            context.HttpContext.Response.Headers.CacheControl = "no-store";
            return await next(context);
        });
        group.MapPost("/", SignInAsync).WithAccess(Access.Public).WithoutAudit(AuditedElsewhere)
            .WithSummary("Signs a browser in, with an admin key as 'token' or as bearer token").WithBody(fields => ReadToken(fields), "{}", isRequired: false);
        group.MapGet("/", Get).WithAccess(Access.SignedIn).WithSummary("Who one is");
        group.MapDelete("/", SignOutAsync).WithAccess(Access.SignedIn).WithoutAudit(AuditedElsewhere).WithSummary("Signs out");
        group.MapGet("/methods", (IOptions<OidcOptions> oidc) => TypedResults.Ok(new SignInMethods(true, oidc.Value.IsOn))).WithAccess(Access.Public)
            .WithSummary("How one can sign in here");
    }

    private static async Task<Results<Ok<SessionView>, ProblemHttpResult>> SignInAsync(HttpContext context, [FromServices] IAdminSessions sessions)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
        {
            body.MaxRequestBodySize = MaxBody;
        }

        try
        {
            ForgeryGuard.RequireType(context.Request);
            var fields = await FieldReader.ReadAsync(context.Request, context.RequestAborted);
            var given = ReadToken(fields);
            if (fields.Problem() is { } problem)
            {
                return problem;
            }

            var secret = OneOf(ClientCredentials.Find(context), given);
            AdminCaller.RequireTry(context, secret);
            var throttle = context.RequestServices.GetRequiredService<SignInThrottle>();
            if (await sessions.SignInAsync(new SignIn(AdminOrigin.FactsOf(context)) { Secret = secret }, context.RequestAborted) is not { } session)
            {
                throttle.Failed(context, secret);
                throw AdminCaller.WrongKey();
            }

            throttle.Succeeded(secret);
            SessionCookie.Write(context, session.Secret!, session.ExpiresAt);
            return TypedResults.Ok(SessionView.Of(new AdminCaller(session.Admin, session, session.Secret)));
        }
        catch (GatewayErrorException exception) when (AdminRefusals.IsOne(exception.Error))
        {
            await context.RequestServices.GetRequiredService<AdminRefusals>().RecordAsync(context, ErrorStatus.Of(exception.Error, ClientFormat.Chat));
            throw;
        }
    }

    private static string? ReadToken(FieldReader fields)
    {
        var given = default(string);
        fields.Text("token", MaxToken, text => given = text);
        return given;
    }

    private static Ok<SessionView> Get(HttpContext context) => TypedResults.Ok(SessionView.Of(context.Features.GetRequiredFeature<AdminCaller>()));

    private static async Task<NoContent> SignOutAsync(HttpContext context, [FromServices] IAdminSessions sessions)
    {
        if (context.Features.GetRequiredFeature<AdminCaller>().SessionSecret is { } secret)
        {
            await sessions.SignOutAsync(new SignOut(secret, AdminOrigin.FactsOf(context)), context.RequestAborted);
        }

        SessionCookie.Delete(context);
        return TypedResults.NoContent();
    }

    private static string OneOf(string? header, string? field) => (header, field) switch
    {
        (null, null or "") => throw new GatewayErrorException(
            new GatewayError(GatewayErrorKind.InvalidKey, "admin_key_required", "Signing in needs an admin key, as 'token' or as a bearer token.")),
        ({ } one, null) => one,
        (null, { } one) => one,
        ({ } one, { } other) => one == other
            ? one
            : throw new GatewayErrorException(GatewayError.BadRequest("conflicting_credentials", "The request has two different keys.", "token")),
    };
}

/// <summary>How one can sign in here: with a token, or at the identity provider of the settings.</summary>
internal sealed record SignInMethods(bool Token, bool Oidc);

/// <param name="ExpiresAt">Null for one who comes with a token.</param>
/// <param name="CsrfToken">Goes with each write of the session.</param>
internal sealed record SessionView(Guid AdminId, string Name, string Role, Guid? ProjectId, DateTime? ExpiresAt, string? CsrfToken)
{
    public static SessionView Of(AdminCaller caller) => new(
        caller.Admin.Id,
        caller.Admin.Name,
        caller.Admin.Role.ToString().ToLowerInvariant(),
        caller.Admin.ProjectId,
        caller.Session?.ExpiresAt,
        caller.SessionSecret is { } secret ? SessionCookie.ForgeryToken(secret) : null);
}
