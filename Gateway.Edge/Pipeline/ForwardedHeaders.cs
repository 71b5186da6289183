using Gateway.Contracts;

namespace Gateway.Edge.Pipeline;

/// <summary>The headers of a client's that its provider may see. All others stay here: the provider is called with the gateway's credential.</summary>
internal static class ForwardedHeaders
{
    private static readonly string[] OfMessages = ["anthropic-version", "anthropic-beta"];

    /// <summary>Null where there are none.</summary>
    public static IReadOnlyDictionary<string, string>? Of(HttpRequest request, ClientFormat format)
    {
        Dictionary<string, string>? headers = null;
        foreach (var name in format == ClientFormat.Messages ? OfMessages : [])
        {
            if (request.Headers.TryGetValue(name, out var values) && values.Count > 0)
            {
                // SDKs repeat the header for each beta.
                (headers ??= [])[name] = string.Join(',', values.ToArray());
            }
        }

        return headers;
    }
}
