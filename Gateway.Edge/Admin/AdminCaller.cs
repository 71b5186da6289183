using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Edge.Admin.Sessions;
using Gateway.Edge.Pipeline;

namespace Gateway.Edge.Admin;

/// <summary>Who administers, and what says so.</summary>
/// <param name="Session">Null for one who came with a token.</param>
/// <param name="SessionSecret">Null as well then.</param>
internal sealed record AdminCaller(AdminIdentity Admin, AdminSession? Session, string? SessionSecret)
{
    /// <summary>Asks KeyService each time: whoever loses a right has lost it with the next request.</summary>
    /// <param name="context">Of a request that has to have a credential.</param>
    /// <param name="missing">Said where it has none.</param>
    public static async Task<AdminCaller> IdentifyAsync(HttpContext context, string missing)
    {
        var (token, cookie) = (ClientCredentials.Find(context), SessionCookie.Read(context.Request));
        if (token is null && cookie is null)
        {
            throw new GatewayErrorException(new GatewayError(GatewayErrorKind.InvalidKey, "admin_key_required", missing));
        }

        var admin = token is null ? null : await FindByTokenAsync(context, token);
        var session = cookie is null ? null : await FindSessionAsync(context, cookie, isNeeded: admin is null);
        if (admin is null)
        {
            ForgeryGuard.Require(context.Request, cookie!);
            return new AdminCaller(session!.Admin, session, cookie);
        }

        return session is null || session.Admin.Id == admin.Id
            ? new AdminCaller(admin, null, null)
            : throw new GatewayErrorException(GatewayError.BadRequest("conflicting_credentials", "The request has an admin key and the session of somebody else."));
    }

    /// <summary>Where a request is anybody's, and administrators are told more. Who is none is told nothing of it.</summary>
    public static async Task<AdminCaller?> FindAsync(HttpContext context)
    {
        try
        {
            return await IdentifyAsync(context, "");
        }
        catch (GatewayErrorException)
        {
            return null;
        }
    }

    public static GatewayErrorException WrongKey() => new(new GatewayError(GatewayErrorKind.InvalidKey, "invalid_admin_key", "The admin key is wrong."));

    /// <summary>Neither a virtual key nor one too many of wrong ones is looked up.</summary>
    public static void RequireTry(HttpContext context, string secret)
    {
        if (VirtualKeySecret.IsWellFormed(secret))
        {
            throw VirtualKey();
        }

        context.RequestServices.GetRequiredService<SignInThrottle>().Check(context, secret);
    }

    private static GatewayErrorException VirtualKey()
        => new(new GatewayError(GatewayErrorKind.NotAllowed, "admin_key_required", "A virtual key does not open the admin API."));

    private static async Task<AdminIdentity> FindByTokenAsync(HttpContext context, string secret)
    {
        RequireTry(context, secret);
        var throttle = context.RequestServices.GetRequiredService<SignInThrottle>();
        var ledger = context.RequestServices.GetRequiredService<IKeyLedger>();
        if (await ledger.IdentifyAdminAsync(secret, context.RequestAborted) is not { } admin)
        {
            throttle.Failed(context, secret);

            // Virtual keys that were made elsewhere have no form of their own.
            throw await ClientCredentials.MayBeKeyAsync(context, secret) && await ledger.IdentifyAsync(secret, context.RequestAborted) is not null
                ? VirtualKey()
                : WrongKey();
        }

        throttle.Succeeded(secret);
        return admin;
    }

    private static async Task<AdminSession?> FindSessionAsync(HttpContext context, string secret, bool isNeeded)
    {
        var throttle = context.RequestServices.GetRequiredService<SignInThrottle>();
        throttle.Check(context, secret);
        if (await context.RequestServices.GetRequiredService<IAdminSessions>().FindAsync(secret, context.RequestAborted) is { } session)
        {
            throttle.Succeeded(secret);
            return session;
        }

        throttle.Failed(context, secret);
        SessionCookie.Delete(context);
        return isNeeded
            ? throw new GatewayErrorException(new GatewayError(GatewayErrorKind.InvalidKey, "session_over", "The session is over: sign in again."))
            : null;
    }
}
