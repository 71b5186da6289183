using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ServiceDefaults.Installation;

namespace AppHost;

/// <summary>Says on the console where the gateway is, once it takes calls.</summary>
internal static class ReadyAnnouncement
{
    public static void AnnounceWhenReady(
        this IDistributedApplicationBuilder builder, IResourceBuilder<ProjectResource> edge, GatewayParameters gateway)
    {
        if (gateway.Installation is not { } installation)
        {
            return;
        }

        // Made by the container, so that it is disposed of, and the directory released, at the end.
        builder.Services.AddSingleton(_ => installation);
        builder.Services.AddHostedService(services => new Announcement(
            services.GetRequiredService<LocalInstallation>(),
            services.GetRequiredService<ResourceNotificationService>(),
            edge.GetEndpoint("http"),
            DashboardUrl(builder.Configuration)));
    }

    /// <summary>With its one-time token, so that the line can be clicked.</summary>
    private static string? DashboardUrl(ConfigurationManager configuration)
        => configuration["ASPNETCORE_URLS"]?.Split(';')[0] is { Length: > 0 } url
            ? configuration["AppHost:BrowserToken"] is { Length: > 0 } token ? $"{url.TrimEnd('/')}/login?t={token}" : url
            : null;

    private sealed class Announcement(
        LocalInstallation installation, ResourceNotificationService notifications, EndpointReference edge, string? dashboardUrl) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await notifications.WaitForResourceHealthyAsync(edge.Resource.Name, stoppingToken);
            installation.Complete(Console.Out, edge.Url.TrimEnd('/'), await IsListeningAsync(dashboardUrl, stoppingToken) ? dashboardUrl : null);
        }

        /// <summary>There may be no dashboard on this machine, and an address of nothing is worse than none.</summary>
        private static async Task<bool> IsListeningAsync(string? url, CancellationToken cancellationToken)
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var uri))
            {
                return false;
            }

            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(uri.Host, uri.Port, cancellationToken);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }
}
