using System.ComponentModel;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.ResourceService;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>The Aspire dashboard, when there is one on this machine, and the service that tells it about the resources.</summary>
internal sealed partial class AspireDashboard : IDashboard, IAsyncDisposable
{
    private ResourceServiceHost? _resourceService;
    private DashboardProcess? _process;

    public DashboardTelemetry? Telemetry { get; private set; }

    public async Task StartAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        var loggers = services.GetRequiredService<ILoggerFactory>();
        var logger = loggers.CreateLogger<DistributedApplication>();
        if (DashboardExecutable.Find(configuration) is not { } executable)
        {
            LogNotFound(logger);
            return;
        }

        var addresses = DashboardAddresses.From(configuration);
        var tokens = executable.IsStandalone ? new DashboardTokens(null, null, null, null) : DashboardTokens.From(configuration);
        try
        {
            if (!executable.IsStandalone)
            {
                _resourceService = await StartResourceServiceAsync(services, tokens, addresses.ResourceServicePort, loggers, cancellationToken);
            }

            _process = DashboardProcess.Start(
                executable.Path,
                Arguments(executable, addresses),
                DashboardEnvironment.Create(configuration, addresses, tokens, _resourceService?.Url),
                loggers.CreateLogger("Aspire.Hosting.Dashboard"),
                services.GetRequiredService<TimeProvider>());
        }
        catch (Exception exception) when (exception is Win32Exception or IOException)
        {
            LogNotStarted(logger, executable.Path, exception.Message);
            await StopAsync(cancellationToken);
            return;
        }

        if (!await DashboardReadiness.WaitAsync(addresses.FirstFrontend, tokens.Api, _process, cancellationToken))
        {
            LogNotStarted(logger, executable.Path, _process.LastOutput);
            await StopAsync(cancellationToken);
            return;
        }

        Telemetry = addresses.OtlpGrpc is { } grpc
            ? new DashboardTelemetry(grpc, "grpc", tokens.Otlp)
            : new DashboardTelemetry(addresses.OtlpHttp!, "http/protobuf", tokens.Otlp);
        Announce(logger, configuration, addresses.FirstFrontend, tokens.Browser);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
            _process = null;
        }

        if (_resourceService is not null)
        {
            await _resourceService.DisposeAsync();
            _resourceService = null;
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None);

    private static Task<ResourceServiceHost> StartResourceServiceAsync(
        IServiceProvider services, DashboardTokens tokens, int port, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var calls = new ResourceServiceCalls(
            services.GetService<DistributedApplicationOptions>()?.DashboardApplicationName ?? services.GetRequiredService<IHostEnvironment>().ApplicationName,
            tokens.ResourceService,
            services.GetRequiredService<ResourceNotificationService>(),
            services.GetRequiredService<ResourceLoggerService>(),
            loggers.CreateLogger("Aspire.Hosting.Dashboard"));
        return ResourceServiceHost.StartAsync(calls, port, loggers, cancellationToken);
    }

    private static List<string> Arguments(DashboardExecutable executable, DashboardAddresses addresses)
    {
        if (!executable.IsStandalone)
        {
            return ["dashboard"];
        }

        List<string> arguments = ["dashboard", "run", "--non-interactive", "--nologo", "--allow-anonymous", "--frontend-url", addresses.Frontend];
        if (addresses.OtlpGrpc is not null)
        {
            arguments.AddRange(["--otlp-grpc-url", addresses.OtlpGrpc]);
        }

        if (addresses.OtlpHttp is not null)
        {
            arguments.AddRange(["--otlp-http-url", addresses.OtlpHttp]);
        }

        return arguments;
    }

    private static void Announce(ILogger logger, IConfiguration configuration, string url, string? browserToken)
    {
        LogListening(logger, url);
        var isQuiet = bool.TryParse(configuration["AppHost:SuppressDashboardLoginUrlInStartupSummary"], out var suppresses) && suppresses;
        if (browserToken is not null && !isQuiet)
        {
            LogLogin(logger, $"{url}/login?t={browserToken}");
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "No Aspire dashboard on this machine, running without it: docs/dashboard.md says how to get one.")]
    private static partial void LogNotFound(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The dashboard {Path} does not start, running without it: {Reason}")]
    private static partial void LogNotStarted(ILogger logger, string path, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Now listening on: {DashboardUrl}")]
    private static partial void LogListening(ILogger logger, string dashboardUrl);

    [LoggerMessage(Level = LogLevel.Information, Message = "Login to the dashboard at {LoginUrl}")]
    private static partial void LogLogin(ILogger logger, string loginUrl);
}
