using System.ComponentModel.DataAnnotations;
using System.Net;
using Gateway.Contracts.Keys;
using Microsoft.Extensions.Options;

namespace Gateway.Edge.Admin.Oidc;

/// <summary>Section <c>Admin:Oidc</c>: the identity provider at which administrators sign in. Without an issuer there is none.</summary>
internal sealed class OidcOptions
{
    public const string Section = "Admin:Oidc";

    public string? Issuer { get; set; }

    public string? ClientId { get; set; }

    /// <summary>Null for a public client, which has its PKCE alone.</summary>
    public string? ClientSecret { get; set; }

    [Required]
    public string Scopes { get; set; } = "openid profile email";

    /// <summary>The claim of the ID token that says the roles, a text or a list; dots lead into objects.</summary>
    [Required]
    public string RoleClaim { get; set; } = "roles";

    /// <summary>By the value of the claim: owner, admin, viewer, or project: and the id of the project.</summary>
    public Dictionary<string, string> Roles { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Where the provider sends the browser back to, if a proxy changes how the gateway is called: <c>https://host/admin/session/oidc/callback</c>.</summary>
    public string? RedirectUri { get; set; }

    public bool IsOn => !string.IsNullOrEmpty(Issuer);

    /// <summary>Null for a text that is no role.</summary>
    public static (AdminRole Role, Guid? ProjectId)? ParseRole(string text) => text switch
    {
        "owner" => (AdminRole.Owner, null),
        "admin" => (AdminRole.Admin, null),
        "viewer" => (AdminRole.Viewer, null),
        _ when text.StartsWith("project:", StringComparison.Ordinal) && Guid.TryParseExact(text["project:".Length..], "D", out var id) => (AdminRole.Project, id),
        _ => null,
    };

    /// <summary>What is read in clear may be changed on its way; nobody is on the way within a machine.</summary>
    public static bool IsSafe(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && IsLoopback(uri)));

    private static bool IsLoopback(Uri uri) => uri.Host == "localhost" || (IPAddress.TryParse(uri.DnsSafeHost, out var address) && IPAddress.IsLoopback(address));
}

[OptionsValidator]
internal sealed partial class OidcOptionsValidator : IValidateOptions<OidcOptions>;

internal sealed class OidcSettingsValidator : IValidateOptions<OidcOptions>
{
    public ValidateOptionsResult Validate(string? name, OidcOptions options)
    {
        if (!options.IsOn)
        {
            return ValidateOptionsResult.Success;
        }

        var faults = new List<string>();
        if (!OidcOptions.IsSafe(options.Issuer))
        {
            faults.Add("Admin:Oidc:Issuer must be an https address (http on this machine alone).");
        }

        if (string.IsNullOrEmpty(options.ClientId))
        {
            faults.Add("Admin:Oidc:ClientId is not set, and Admin:Oidc:Issuer is.");
        }

        if (options.RedirectUri is { Length: > 0 } redirect && !OidcOptions.IsSafe(redirect))
        {
            faults.Add("Admin:Oidc:RedirectUri must be an https address (http on this machine alone).");
        }

        if (!options.Scopes.Split(' ').Contains("openid", StringComparer.Ordinal))
        {
            faults.Add("Admin:Oidc:Scopes must have 'openid' among them.");
        }

        faults.AddRange(options.Roles.Where(role => OidcOptions.ParseRole(role.Value) is null).Select(role =>
            $"Admin:Oidc:Roles:{role.Key} is '{role.Value}', which is none of owner, admin, viewer, and project:<id of a project>."));
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
