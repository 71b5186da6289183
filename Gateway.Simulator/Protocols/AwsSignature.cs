using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Simulator.Protocols;

/// <summary>
/// Checks a Signature Version 4 as AWS does: by what has arrived, not by what the caller says. Written apart from the gateway's signer, so that
/// one is no proof of itself.
/// </summary>
internal static class AwsSignature
{
    private const string Scheme = "AWS4-HMAC-SHA256 ";

    /// <summary>The secret of every access key here follows from its id.</summary>
    public static string SecretOf(string accessKeyId) => $"secret-of-{accessKeyId}";

    /// <summary>What is wrong with a request's credential; null when it may go on.</summary>
    public static RequestRefusal? Find(HttpRequest request, ReadOnlySpan<byte> body)
    {
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.StartsWith("Bearer ", StringComparison.Ordinal))
        {
            return null;
        }

        if (!authorization.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return new RequestRefusal(StatusCodes.Status403Forbidden, "Missing Authentication Token", "MissingAuthenticationTokenException");
        }

        var fields = authorization[Scheme.Length..].Split(',', StringSplitOptions.TrimEntries)
            .Select(field => field.Split('=', 2)).ToDictionary(field => field[0], field => field.Length > 1 ? field[1] : "", StringComparer.Ordinal);
        var scope = fields.GetValueOrDefault("Credential", "").Split('/');
        var names = fields.GetValueOrDefault("SignedHeaders", "").Split(';');
        if (scope is not [var id, var day, var region, "bedrock", "aws4_request"] || !names.Contains("host") || !names.Contains("x-amz-date"))
        {
            return Mismatch("Credential should be scoped to correct service: 'bedrock'.");
        }

        if (request.Headers.ContainsKey("x-amz-security-token") && !names.Contains("x-amz-security-token"))
        {
            return Mismatch("The security token is not signed.");
        }

        var hash = Hex(SHA256.HashData(body));
        var canonical = string.Join('\n', [
            request.Method,
            EncodedAgain(RawPath(request)),
            "",
            .. names.Select(name => $"{name}:{string.Join(',', request.Headers[name].Select(value => value!.Trim()))}"),
            "",
            string.Join(';', names),
            hash,
        ]);
        var date = request.Headers["x-amz-date"].ToString();
        var toSign = $"{Scheme.Trim()}\n{date}\n{day}/{region}/bedrock/aws4_request\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = Encoding.UTF8.GetBytes("AWS4" + SecretOf(id));
        foreach (var step in new[] { day, region, "bedrock", "aws4_request", toSign })
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(step));
        }

        return date.StartsWith(day, StringComparison.Ordinal) && Hex(key) == fields.GetValueOrDefault("Signature")
            ? null : Mismatch("The request signature we calculated does not match the signature you provided.");
    }

    private static RequestRefusal Mismatch(string message) => new(StatusCodes.Status403Forbidden, message, "InvalidSignatureException");

    /// <summary>The path as it stands in the request line.</summary>
    private static string RawPath(HttpRequest request)
    {
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? target : target[..query];
    }

    private static string EncodedAgain(string path)
    {
        var builder = new StringBuilder();
        foreach (var value in Encoding.UTF8.GetBytes(path))
        {
            var character = (char)value;
            _ = char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_' or '~' or '/'
                ? builder.Append(character)
                : builder.Append('%').Append(Hex([value]).ToUpperInvariant());
        }

        return builder.ToString();
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
