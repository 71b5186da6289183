namespace Gateway.Simulator.Ledger;

/// <summary>Where each protocol's callers put their credential.</summary>
internal static class CallerCredential
{
    private const string Bearer = "Bearer ";
    private const string Signature = "AWS4-HMAC-SHA256 Credential=";
    private static readonly string[] KeyHeaders = ["x-api-key", "api-key", "x-goog-api-key"];

    public static string? Of(HttpRequest request)
    {
        foreach (var header in KeyHeaders)
        {
            if (request.Headers.TryGetValue(header, out var values) && values.Count > 0)
            {
                return values[0];
            }
        }

        var authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim()
            : authorization.StartsWith(Signature, StringComparison.Ordinal) ? authorization[Signature.Length..].Split('/')[0]
            : request.Query.TryGetValue("key", out var key) ? key.ToString()
            : null;
    }
}
