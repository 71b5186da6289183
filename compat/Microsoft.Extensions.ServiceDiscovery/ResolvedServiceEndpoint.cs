using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <param name="endPoint">A <see cref="UriEndPoint"/> when the value named a scheme, otherwise host and port alone.</param>
internal sealed class ResolvedServiceEndpoint(EndPoint endPoint) : ServiceEndpoint
{
    public override EndPoint EndPoint => endPoint;

    /// <summary>The Host header to send, or null to leave it to the address.</summary>
    public string? HostName { get; set; }

    public string? Scheme => (endPoint as UriEndPoint)?.Uri.Scheme;

    /// <summary>Reads <c>http://host:1/base</c>, <c>host:1</c>, <c>host</c> or the same with an IP address.</summary>
    public static bool TryParse(string? value, [NotNullWhen(true)] out ResolvedServiceEndpoint? endpoint)
    {
        endpoint = null;
        if (string.IsNullOrWhiteSpace(value))
        {
            return false;
        }

        if (value.Contains("://", StringComparison.Ordinal))
        {
            endpoint = Uri.TryCreate(value, UriKind.Absolute, out var uri) ? new ResolvedServiceEndpoint(new UriEndPoint(uri)) : null;
        }
        else if (Uri.TryCreate($"none://{value}", UriKind.Absolute, out var authority))
        {
            endpoint = FromHost(authority.Host, authority.Port);
        }

        return endpoint is not null;
    }

    public static ResolvedServiceEndpoint FromHost(string host, int port)
    {
        var portOrNone = Math.Max(port, 0);
        return new ResolvedServiceEndpoint(
            IPAddress.TryParse(host, out var address) ? new IPEndPoint(address, portOrNone) : new DnsEndPoint(host, portOrNone));
    }

    public override string ToString() => endPoint.ToString() ?? string.Empty;
}

internal sealed class UriEndPoint(Uri uri) : EndPoint
{
    public Uri Uri => uri;

    public override string ToString() => uri.ToString();
}
