using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using ServiceDefaults.Hosting;
using ServiceDefaults.Installation;

namespace Gateway.Standalone;

/// <summary>The one process is its own installation: it holds the data directory and says when it is ready.</summary>
internal static class StandaloneInstallation
{
    /// <param name="isOnlyRead">Nothing is made where there is nothing.</param>
    public static void AddLocalInstallation(this IHostApplicationBuilder builder, bool isOnlyRead)
    {
        if (isOnlyRead)
        {
            LocalInstallation.Require(builder.Configuration);
        }

        var installation = LocalInstallation.Open(builder.Configuration);
        builder.Configuration.AddInMemoryCollection(installation.ToConfiguration());

        // Made by the container, so that it is disposed of, and the directory released, at the end.
        builder.Services.AddSingleton(_ => installation);
        builder.Services.AddHostedService<Announcement>();
    }

    private sealed class Announcement(LocalInstallation installation, HostConsole console, IServer server, IHostApplicationLifetime lifetime)
        : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            lifetime.ApplicationStarted.Register(() =>
            {
                var url = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://localhost:8080";
                installation.Complete(console, Reachable(url));
            });
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        /// <summary>An address that listens on every interface is no address to call.</summary>
        private static string Reachable(string url)
            => url.Replace("://[::]", "://localhost", StringComparison.Ordinal).Replace("://0.0.0.0", "://localhost", StringComparison.Ordinal).TrimEnd('/');
    }
}
