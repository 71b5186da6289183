using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Gateway.Contracts.Errors;
using Microsoft.Net.Http.Headers;

namespace Gateway.Edge.Admin.Sessions;

/// <summary>A browser sends a cookie along whoever made the page: a write has to prove that the page is ours.</summary>
internal static class ForgeryGuard
{
    public const string HeaderName = "x-csrf-token";

    /// <summary>Those that a form of any site can send.</summary>
    private static readonly string[] FormTypes = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];

    public static void Require(HttpRequest request, string secret)
    {
        if (AccessRules.IsRead(request.Method))
        {
            return;
        }

        var expected = SessionCookie.ForgeryToken(secret);
        if (!CryptographicOperations.FixedTimeEquals(
                MemoryMarshal.AsBytes(expected.AsSpan()), MemoryMarshal.AsBytes(request.Headers[HeaderName].ToString().AsSpan())))
        {
            throw new GatewayErrorException(new GatewayError(
                GatewayErrorKind.NotAllowed, "csrf_token_required", $"A write with a session needs the csrf_token of GET /admin/session in the header {HeaderName}."));
        }

        RequireType(request);
    }

    public static void RequireType(HttpRequest request)
    {
        if ((request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0)
            && (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || FormTypes.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase)))
        {
            throw new GatewayErrorException(new GatewayError(
                GatewayErrorKind.UnsupportedMediaType, "unsupported_media_type", "The content type must be application/json."));
        }
    }
}
