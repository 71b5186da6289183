using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace RoutingService.Providers.Bedrock;

/// <summary>
/// AWS Signature Version 4, in the <c>Authorization</c> header or in the address. The path is encoded once more than it is sent, as for every
/// service but S3.
/// </summary>
internal static class SigV4
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string Terminator = "aws4_request";

    public static string HashOf(ReadOnlySpan<byte> body) => Convert.ToHexStringLower(SHA256.HashData(body));

    /// <summary>As <c>x-amz-date</c> writes it.</summary>
    public static string DateOf(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    public static SigV4Signature Sign(SigV4Request request, AwsKeys keys, string region, string service, string date)
    {
        var scope = $"{date[..8]}/{region}/{service}/{Terminator}";
        var (canonical, toSign, signature) = Compute(request, keys, scope, date);
        var authorization = $"{Algorithm} Credential={keys.AccessKeyId}/{scope}, SignedHeaders={NamesOf(request.Headers)}, Signature={signature}";
        return new SigV4Signature(canonical, toSign, authorization);
    }

    /// <summary>An address that is valid by itself for some time: its query has all that a header would say.</summary>
    /// <param name="signsToken">Services differ in whether a session token is a part of what is signed, or is put behind it.</param>
    public static SigV4Address Presign(
        SigV4Request request, AwsKeys keys, string region, string service, string date, TimeSpan lifetime, bool signsToken = true)
    {
        var scope = $"{date[..8]}/{region}/{service}/{Terminator}";
        var query = new StringBuilder(request.Query);
        Append(query, "X-Amz-Algorithm", Algorithm);
        Append(query, "X-Amz-Credential", $"{keys.AccessKeyId}/{scope}");
        Append(query, "X-Amz-Date", date);
        Append(query, "X-Amz-SignedHeaders", NamesOf(request.Headers));
        Append(query, "X-Amz-Expires", ((long)lifetime.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        var unsigned = query.ToString();
        if (keys.SessionToken is { } token)
        {
            Append(query, "X-Amz-Security-Token", token);
        }

        var (canonical, toSign, signature) = Compute(request with { Query = signsToken ? query.ToString() : unsigned }, keys, scope, date);
        Append(query, "X-Amz-Signature", signature);
        return new SigV4Address(canonical, toSign, signature, query.ToString());
    }

    private static (string Canonical, string ToSign, string Signature) Compute(SigV4Request request, AwsKeys keys, string scope, string date)
    {
        var canonical = string.Join('\n', [
            request.Method,
            request.NormalizesPath ? NormalPath(request.Path) : EncodedPath(request.Path),
            CanonicalQuery(request.Query),
            .. Canonical(request.Headers).Select(header => $"{header.Name}:{header.Value}"),
            "",
            NamesOf(request.Headers),
            request.PayloadHash,
        ]);
        var toSign = $"{Algorithm}\n{date}\n{scope}\n{HashOf(Encoding.UTF8.GetBytes(canonical))}";
        var key = Encoding.UTF8.GetBytes($"AWS4{keys.SecretAccessKey}");
        foreach (var part in scope.Split('/').Append(toSign))
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        return (canonical, toSign, Convert.ToHexStringLower(key));
    }

    private static void Append(StringBuilder query, string name, string value)
        => query.Append(query.Length == 0 ? "" : "&").Append(name).Append('=').Append(Uri.EscapeDataString(value));

    private static string NamesOf(IReadOnlyList<(string Name, string Value)> headers) => string.Join(';', Canonical(headers).Select(header => header.Name));

    private static List<(string Name, string Value)> Canonical(IReadOnlyList<(string Name, string Value)> headers)
        => [.. headers
            .GroupBy(header => header.Name.ToLowerInvariant(), header => Collapse(header.Value), StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (group.Key, string.Join(',', group)))];

    /// <summary>Without white space around it, and one space for each run of it within.</summary>
    private static string Collapse(string value) => string.Join(' ', value.Split((char[])[' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));

    private static string EncodedPath(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    private static string NormalPath(string path)
    {
        var segments = new List<string>();
        foreach (var segment in path.Split('/'))
        {
            if (segment == ".." && segments.Count > 0)
            {
                segments.RemoveAt(segments.Count - 1);
            }
            else if (segment is not ("" or "." or ".."))
            {
                segments.Add(Uri.EscapeDataString(segment));
            }
        }

        var isFolder = segments.Count > 0 && path[(path.LastIndexOf('/') + 1)..] is "" or "." or "..";
        return $"/{string.Join('/', segments)}{(isFolder && segments.Count > 0 ? "/" : "")}";
    }

    private static string CanonicalQuery(string query) => string.Join('&', query
        .Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(parameter => parameter.Split('=', 2))
        .Select(pair => (Name: Encode(pair[0]), Value: pair.Length > 1 ? Encode(pair[1]) : ""))
        .OrderBy(pair => pair.Name, StringComparer.Ordinal).ThenBy(pair => pair.Value, StringComparer.Ordinal)
        .Select(pair => $"{pair.Name}={pair.Value}"));

    private static string Encode(string text) => Uri.EscapeDataString(Uri.UnescapeDataString(text));
}

/// <param name="Path">As it is sent.</param>
/// <param name="Headers">Those that are signed.</param>
internal sealed record SigV4Request(string Method, string Path, string Query, IReadOnlyList<(string Name, string Value)> Headers, string PayloadHash)
{
    /// <summary>Dots and empty segments are resolved, as every service but S3 does.</summary>
    public bool NormalizesPath { get; init; } = true;
}

internal sealed record SigV4Signature(string CanonicalRequest, string StringToSign, string Authorization);

/// <param name="Query">All of it, with the signature at its end.</param>
internal sealed record SigV4Address(string CanonicalRequest, string StringToSign, string Signature, string Query);

/// <summary>Credentials of AWS; long-lived ones have no session token.</summary>
internal sealed record AwsKeys(string AccessKeyId, string SecretAccessKey, string? SessionToken = null)
{
    /// <summary>It is never printed.</summary>
    public override string ToString() => AccessKeyId;
}
