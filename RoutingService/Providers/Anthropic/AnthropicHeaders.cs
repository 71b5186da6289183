using System.Net.Http.Headers;
using Gateway.Contracts;
using RoutingService.Snapshots;

namespace RoutingService.Providers.Anthropic;

/// <summary>The credential, the version of the API, and for clients of the same API what they say of both.</summary>
internal static class AnthropicHeaders
{
    private const string Version = "anthropic-version";
    private const string Beta = "anthropic-beta";
    private const string DefaultVersion = "2023-06-01";

    public static void Add(HttpRequestHeaders headers, ProviderTarget provider, string version = DefaultVersion)
    {
        if (provider.Credential is { } credential)
        {
            headers.Add("x-api-key", credential.Reveal());
        }

        headers.Add(Version, version);
    }

    public static void Add(HttpRequestHeaders headers, ProviderCall call)
    {
        // What a client of another format sends under these names is not meant for us.
        var sent = call.Request.Format == ClientFormat.Messages ? call.Request.Headers : null;
        Add(headers, call.Target.Provider, sent?.GetValueOrDefault(Version) is { } version && IsNames(version) ? version : DefaultVersion);
        if (sent?.GetValueOrDefault(Beta) is { } beta && IsNames(beta))
        {
            headers.Add(Beta, beta);
        }
    }

    /// <summary>Names with commas between them: nothing that another header could be made of.</summary>
    private static bool IsNames(string value)
        => value.Length is > 0 and <= 1024 && value.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or ',' or ' ');
}
