using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ServiceDefaults.Telemetry.Prometheus;

/// <summary>
/// Who may read what is measured: whoever has the scraper's token and, where that is wanted, programs on the same machine. It has to be
/// wanted: a connection from the machine itself may be a proxy's, behind which is anybody.
/// </summary>
public sealed class MetricsAccess(MetricsSettings settings)
{
    public const string Path = "/metrics";

    private const string Scheme = "Bearer ";

    /// <summary>Headers that a proxy adds.</summary>
    private static readonly string[] ProxyHeaders = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"];

    private readonly byte[]? _token = settings.Token is { Length: > 0 } token ? SHA256.HashData(Encoding.UTF8.GetBytes(token)) : null;

    public static bool Allows(HttpContext context)
        => context.Request.Path == Path && context.RequestServices.GetService<MetricsAccess>() is { } access && access.IsAllowed(context);

    private bool IsAllowed(HttpContext context) => IsOfScraper(context.Request) || (settings.Loopback && IsOfThisMachine(context));

    private bool IsOfScraper(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return _token is not null
            && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(header[Scheme.Length..].Trim())), _token);
    }

    private static bool IsOfThisMachine(HttpContext context)
    {
        var host = context.Request.Host.Host;
        return context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
            && (host == "localhost" || (IPAddress.TryParse(host, out var named) && IPAddress.IsLoopback(named)))
            && !ProxyHeaders.Any(context.Request.Headers.ContainsKey);
    }
}

/// <param name="IsEnabled"><c>Metrics:Enabled</c>.</param>
/// <param name="Token"><c>Metrics:Token</c>: what a scraper sends as a bearer token.</param>
/// <param name="Loopback"><c>Metrics:Loopback</c>: connections of the machine itself need no token.</param>
public sealed record MetricsSettings(bool IsEnabled, string? Token, bool Loopback)
{
    public static MetricsSettings Of(IHostApplicationBuilder builder) => new(
        builder.Configuration.GetValue("Metrics:Enabled", defaultValue: true),
        builder.Configuration["Metrics:Token"],
        builder.Configuration.GetValue("Metrics:Loopback", defaultValue: false));
}
