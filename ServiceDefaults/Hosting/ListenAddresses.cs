using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using ServiceDefaults.Settings;

namespace ServiceDefaults.Hosting;

/// <summary>What the server is told to listen on, checked before it says so in its own words.</summary>
internal static class ListenAddresses
{
    private const string Default = "http://localhost:8080";
    private const string HostVariable = "HOST";
    private const string PortVariable = "PORT";

    public static void Check(string? urls)
    {
        foreach (var url in Split(urls))
        {
            if (!IsAddress(url))
            {
                throw new SettingsException($"--urls: '{url}' is not an address to listen on. Write it as http://localhost:8080.");
            }
        }
    }

    /// <summary>
    /// Where to listen when <c>urls</c> does not say it. Null where the ports that a container image sets are to be taken: <c>PORT</c> is of
    /// whoever runs it, and wins over them.
    /// </summary>
    public static string? Choose(IConfiguration configuration)
    {
        var (host, port) = (HostOf(configuration), configuration[PortVariable]?.Trim());
        if (host is null && string.IsNullOrEmpty(port))
        {
            return string.IsNullOrEmpty(configuration["http_ports"]) && string.IsNullOrEmpty(configuration["https_ports"]) ? Default : null;
        }

        if (!string.IsNullOrEmpty(port)
            && !(int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= IPEndPoint.MaxPort))
        {
            throw new SettingsException($"{PortVariable} must be a number from 0 to {IPEndPoint.MaxPort}.");
        }

        host ??= IPAddress.Any.ToString();
        return $"http://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{(string.IsNullOrEmpty(port) ? "8080" : port)}";
    }

    /// <summary>An address that other machines reach; null where there is none.</summary>
    public static string? FindPublic(IConfiguration configuration)
    {
        var urls = Split(configuration["urls"]).Concat(configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"] ?? "")).ToList();
        return urls.Count == 0 ? "every address of this machine" : urls.Find(url => !IsLocal(url));
    }

    /// <summary>Some shells set <c>HOST</c> to the name of the machine, which is nothing to listen on.</summary>
    private static string? HostOf(IConfiguration configuration)
    {
        var host = configuration[HostVariable]?.Trim().Trim('[', ']');
        return string.IsNullOrEmpty(host) || host.Split('.')[0].Equals(Environment.MachineName, StringComparison.OrdinalIgnoreCase) ? null
            : host is "localhost" or "*" || IPAddress.TryParse(host, out _) ? host
            : throw new SettingsException($"{HostVariable}: '{host}' is not an address to listen on. Write 127.0.0.1, 0.0.0.0, localhost or *.");
    }

    private static string[] Split(string? urls) => (urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool IsLocal(string url)
        => IsAddress(url) && BindingAddress.Parse(url).Host.Trim('[', ']') is var host
            && (host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address)));

    private static bool IsAddress(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
                && address.Port is >= IPEndPoint.MinPort and <= IPEndPoint.MaxPort;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
