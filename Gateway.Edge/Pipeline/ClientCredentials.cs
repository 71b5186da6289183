using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Microsoft.Extensions.Primitives;

namespace Gateway.Edge.Pipeline;

/// <summary>Finds the virtual key of a request: <c>Authorization: Bearer</c> of the OpenAI SDKs or <c>x-api-key</c> of Anthropic's.</summary>
internal static class ClientCredentials
{
    private const string Scheme = "Bearer ";

    /// <summary>The key, of a form that may open something; throws otherwise, before anyone is asked for it.</summary>
    public static async ValueTask<string> RequireKeyAsync(HttpContext context)
    {
        var secret = Find(context.Request);
        return secret is not null && await MayBeKeyAsync(context, secret) ? secret : throw new GatewayErrorException(GatewayError.InvalidKey());
    }

    /// <summary>A key that was made elsewhere has no checksum: it is let through only while there are such keys.</summary>
    public static ValueTask<bool> MayBeKeyAsync(HttpContext context, string secret)
        => VirtualKeySecret.IsWellFormed(secret) ? ValueTask.FromResult(true)
            : VirtualKeySecret.MayBeForeign(secret)
                ? context.RequestServices.GetRequiredService<IKeyLedger>().HasForeignKeysAsync(context.RequestAborted)
                : ValueTask.FromResult(false);

    /// <summary>The secret of either header, null when there is none; two that differ are refused.</summary>
    public static string? Find(HttpRequest request)
    {
        var bearer = FromAuthorization(request.Headers.Authorization);
        var apiKey = Single(request.Headers["x-api-key"]);
        if (bearer is not null && apiKey is not null && !string.Equals(bearer, apiKey, StringComparison.Ordinal))
        {
            throw new GatewayErrorException(GatewayError.BadRequest("conflicting_credentials", "The request has two different keys."));
        }

        return bearer ?? apiKey;
    }

    private static string? FromAuthorization(StringValues header)
    {
        var value = Single(header);
        return value?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) == true ? value[Scheme.Length..].Trim() : null;
    }

    private static string? Single(StringValues header) => header.Count switch
    {
        0 => null,
        1 => header[0],
        _ => throw new GatewayErrorException(GatewayError.BadRequest("conflicting_credentials", "The request has the same key header twice.")),
    };
}
