using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Microsoft.Extensions.Primitives;
using ServiceDefaults.Settings;

namespace Gateway.Edge.Pipeline;

/// <summary>
/// Finds the key of a request: <c>Authorization: Bearer</c> of the OpenAI SDKs, <c>x-api-key</c> of Anthropic's, or the header that the settings
/// name. A bearer token may stand without its scheme in the first, and with it in the others.
/// </summary>
internal static class ClientCredentials
{
    private const string Scheme = "Bearer ";
    private const string AnthropicHeader = "x-api-key";

    public static ClientAuthenticationSetting SettingOf(HttpContext context) => context.RequestServices.GetRequiredService<ClientAuthenticationSetting>();

    /// <summary>The key, of a form that may open something; throws otherwise, before anyone is asked for it.</summary>
    public static async ValueTask<string> RequireKeyAsync(HttpContext context)
    {
        var setting = SettingOf(context);
        if (Find(context.Request, setting.HeaderName) is not { } secret)
        {
            return setting.IsEnabled ? throw new GatewayErrorException(GatewayError.MissingKey()) : AnonymousKey.Secret;
        }

        return await MayBeKeyAsync(context, secret) ? secret : throw new GatewayErrorException(GatewayError.InvalidKey());
    }

    /// <summary>A key that was made elsewhere has no checksum: it is let through only while there are such keys.</summary>
    public static ValueTask<bool> MayBeKeyAsync(HttpContext context, string secret)
        => VirtualKeySecret.IsWellFormed(secret) ? ValueTask.FromResult(true)
            : VirtualKeySecret.MayBeForeign(secret)
                ? context.RequestServices.GetRequiredService<IKeyLedger>().HasForeignKeysAsync(context.RequestAborted)
                : ValueTask.FromResult(false);

    public static string? Find(HttpContext context) => Find(context.Request, SettingOf(context).HeaderName);

    /// <summary>The secret of whichever header, null when there is none; two that differ are refused.</summary>
    public static string? Find(HttpRequest request, string headerName)
    {
        var headers = request.Headers;
        var secret = Combine(Read(headers.Authorization), Read(headers[AnthropicHeader]));
        return headerName.Equals(ClientAuthenticationSetting.DefaultHeader, StringComparison.OrdinalIgnoreCase)
            || headerName.Equals(AnthropicHeader, StringComparison.OrdinalIgnoreCase)
                ? secret
                : Combine(secret, Read(headers[headerName]));
    }

    private static string? Combine(string? one, string? other)
        => one is null || other is null || string.Equals(one, other, StringComparison.Ordinal)
            ? one ?? other
            : throw new GatewayErrorException(GatewayError.BadRequest("conflicting_credentials", "The request has two different keys."));

    /// <summary>Nothing for another scheme than a bearer's: what it carries is no key.</summary>
    private static string? Read(StringValues header)
    {
        if (header.Count > 1)
        {
            throw new GatewayErrorException(GatewayError.BadRequest("conflicting_credentials", "The request has the same key header twice."));
        }

        var value = header.Count == 0 ? null : header[0]?.Trim();
        if (value?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) == true)
        {
            value = value[Scheme.Length..].Trim();
        }

        return string.IsNullOrEmpty(value) || value.Contains(' ', StringComparison.Ordinal) || value.Equals(Scheme.Trim(), StringComparison.OrdinalIgnoreCase) ? null : value;
    }
}
