using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard.ResourceService;

/// <summary>Listens on loopback, HTTP/2 without TLS, for the dashboard's calls.</summary>
internal sealed class ResourceServiceHost : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly CancellationTokenSource _stopping;

    private ResourceServiceHost(WebApplication application, CancellationTokenSource stopping)
    {
        _application = application;
        _stopping = stopping;
    }

    public string Url { get; private init; } = "";

    /// <param name="port">0 for any that is free.</param>
    public static async Task<ResourceServiceHost> StartAsync(
        ResourceServiceCalls calls, int port, ILoggerFactory loggerFactory, CancellationToken cancellationToken)
    {
        // Empty: the AppHost's own configuration (ASPNETCORE_URLS is the dashboard's address) must not reach this listener.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddProvider(new PassedOn(loggerFactory)).SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None); // Whoever starts this says why it did not.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            // A stream of an idle application is silent for hours; by default that is taken for an attack after 5 s.
            options.Limits.MinRequestBodyDataRate = null;
            options.Limits.MinResponseDataRate = null;
            options.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http2);
        });
        var application = builder.Build();
        var stopping = new CancellationTokenSource();
        application.Run(context => calls.HandleAsync(context, stopping.Token));
        await application.StartAsync(cancellationToken);
        return new ResourceServiceHost(application, stopping) { Url = application.Urls.Single() };
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _application.StopAsync(CancellationToken.None);
        await _application.DisposeAsync();
    }

    /// <summary>Signals and the messages about them are the AppHost's.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>The AppHost's log, without a line for every request.</summary>
    private sealed class PassedOn(ILoggerFactory loggers) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => loggers.CreateLogger(categoryName);

        public void Dispose()
        {
            // The factory is the AppHost's.
        }
    }
}
