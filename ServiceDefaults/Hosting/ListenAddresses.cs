using System.Net;
using Microsoft.AspNetCore.Http;
using ServiceDefaults.Settings;

namespace ServiceDefaults.Hosting;

/// <summary>What the server is told to listen on, checked before it says so in its own words.</summary>
internal static class ListenAddresses
{
    public static void Check(string? urls)
    {
        foreach (var url in (urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!IsAddress(url))
            {
                throw new SettingsException($"--urls: '{url}' is not an address to listen on. Write it as http://localhost:8080.");
            }
        }
    }

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
