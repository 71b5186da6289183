using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Dashboard;

/// <summary>Where the dashboard listens. Loopback only: it shows everything that the application does.</summary>
/// <param name="Frontend">One or more, separated by semicolons.</param>
/// <param name="ResourceServicePort">Where this process listens for the dashboard; 0 for any free port.</param>
internal sealed record DashboardAddresses(string Frontend, string? OtlpGrpc, string? OtlpHttp, int ResourceServicePort)
{
    /// <summary>The address to open in a browser.</summary>
    public string FirstFrontend => Frontend.Split(';')[0].TrimEnd('/');

    public static DashboardAddresses From(IConfiguration configuration)
    {
        var frontend = Read(configuration, "ASPNETCORE_URLS");
        var otlpGrpc = Read(configuration, "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "DOTNET_DASHBOARD_OTLP_ENDPOINT_URL");
        var otlpHttp = Read(configuration, "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL");
        var resourceService = Read(configuration, "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", "DOTNET_RESOURCE_SERVICE_ENDPOINT_URL");
        var picksPorts = bool.TryParse(configuration["DcpPublisher:RandomizePorts"], out var randomizes) && randomizes;

        return new DashboardAddresses(
            frontend.Count == 0 ? Resolve(null, picksPorts) : string.Join(';', frontend.Select(url => Resolve(url, picksPorts))),
            otlpGrpc.Count == 0 && otlpHttp.Count > 0 ? null : Resolve(otlpGrpc.FirstOrDefault(), picksPorts),
            otlpHttp.Count == 0 ? null : Resolve(otlpHttp[0], picksPorts),
            picksPorts ? 0 : resourceService.FirstOrDefault()?.Port ?? 0);
    }

    private static List<Uri> Read(IConfiguration configuration, params string[] keys)
    {
        var key = keys.FirstOrDefault(key => !string.IsNullOrWhiteSpace(configuration[key]));
        return key is null ? [] : [.. configuration[key]!.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(url => Parse(key, url))];
    }

    private static Uri Parse(string key, string url)
        => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.IsLoopback
            ? uri
            : throw new DistributedApplicationException(
                $"{key} is '{url}', which is not an address on loopback such as http://localhost:15000. The dashboard is for this machine only.");

    private static string Resolve(Uri? configured, bool picksPort)
    {
        var scheme = configured?.Scheme ?? Uri.UriSchemeHttp;
        var host = configured?.Host ?? "localhost";
        var port = configured is null || picksPort || configured.Port == 0 ? FreePorts.Find() : configured.Port;
        return $"{scheme}://{host}:{port}";
    }
}
