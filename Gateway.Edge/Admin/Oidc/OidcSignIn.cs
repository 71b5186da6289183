using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace Gateway.Edge.Admin.Oidc;

/// <summary>Authorization code flow with PKCE: sends a browser to the provider, and finds out who comes back.</summary>
internal sealed partial class OidcSignIn(
    OidcProvider provider, OidcAttempts attempts, IOptions<OidcOptions> options, TimeProvider timeProvider, ILogger<OidcSignIn> logger)
{
    public async Task<string> BeginAsync(HttpContext context, string returnPath)
    {
        var discovery = await provider.DiscoverAsync(context.RequestAborted);
        var attempt = attempts.Begin(context, returnPath);
        return QueryHelpers.AddQueryString(discovery.AuthorizationEndpoint, new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = options.Value.ClientId,
            ["redirect_uri"] = RedirectUriOf(context.Request),
            ["scope"] = options.Value.Scopes,
            ["state"] = attempt.State,
            ["nonce"] = attempt.Nonce,
            ["code_challenge"] = attempt.Challenge,
            ["code_challenge_method"] = "S256",
        });
    }

    public async Task<(ExternalAdmin Admin, string ReturnPath)> EndAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (attempts.End(context) is not { } attempt || query["state"] is not [{ } state] || !IdToken.IsSame(state, attempt.State))
        {
            throw Refused("sign_in_not_begun", "This browser has begun no sign-in, or it took too long. Begin again.");
        }

        if (query["code"] is not [{ Length: > 0 } code])
        {
            throw Refused("sign_in_refused", "The identity provider refused the sign-in.");
        }

        var settings = options.Value;
        var token = IdToken.Parse(await provider.RedeemAsync(code, attempt.Verifier, RedirectUriOf(context.Request), context.RequestAborted));
        var fault = token is null
            ? "it cannot be read"
            : token.FindFault(
                await provider.FindKeysAsync(token.KeyId, context.RequestAborted), settings.Issuer!, settings.ClientId!, attempt.Nonce, timeProvider.GetUtcNow());
        if (fault is not null)
        {
            LogFault(fault);
            throw Refused("invalid_id_token", "The identity provider's word is not to be trusted; the log says why.");
        }

        var (role, projectId) = RoleOf(token!) ?? throw new GatewayErrorException(new GatewayError(
            GatewayErrorKind.NotAllowed, "no_role", "You are known, and have no role here: none of your roles at the identity provider is in Admin:Oidc:Roles."));
        return (new ExternalAdmin($"{settings.Issuer} {token!.Subject}", NameOf(token), role, projectId), attempt.ReturnPath);
    }

    public static GatewayErrorException Refused(string code, string message) => new(new GatewayError(GatewayErrorKind.InvalidKey, code, message));

    /// <summary>The one that may do most.</summary>
    private (AdminRole Role, Guid? ProjectId)? RoleOf(IdToken token)
    {
        (AdminRole Role, Guid? ProjectId)? best = null;
        foreach (var value in IdToken.TextsOf(token.Claims, options.Value.RoleClaim))
        {
            if (options.Value.Roles.FirstOrDefault(role => role.Key == value) is { Value: { } text } && OidcOptions.ParseRole(text) is { } role
                && (best is not { } other || role.Role > other.Role))
            {
                best = role;
            }
        }

        return best;
    }

    private static string NameOf(IdToken token)
    {
        var name = IdToken.TextOf(token.Claims, "email") ?? IdToken.TextOf(token.Claims, "preferred_username") ?? IdToken.TextOf(token.Claims, "name");
        var clean = new string([.. (name ?? "").Where(character => !char.IsControl(character) && !char.IsSurrogate(character))]).Trim();
        return clean.Length > 0 ? clean : token.Subject!.Length <= 40 ? token.Subject : token.Subject[..40];
    }

    private string RedirectUriOf(HttpRequest request) => options.Value.RedirectUri is { Length: > 0 } given
        ? given
        : $"{(Sessions.SessionCookie.IsSecure(request) ? Uri.UriSchemeHttps : Uri.UriSchemeHttp)}://{request.Host}{OidcEndpoints.CallbackPath}";

    [LoggerMessage(LogLevel.Warning, "A sign-in at the identity provider was refused. Of its ID token: {Fault}.")]
    private partial void LogFault(string fault);
}
