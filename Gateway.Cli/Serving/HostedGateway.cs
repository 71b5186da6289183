using Gateway.Cli.Invocation;
using Gateway.Standalone;
using Microsoft.AspNetCore.Builder;
using ServiceDefaults.Hosting;
using ServiceDefaults.Settings;

namespace Gateway.Cli.Serving;

/// <summary>A gateway that a command starts for itself, in this process, and ends.</summary>
internal sealed class HostedGateway : IAsyncDisposable
{
    /// <summary>Telemetry and static files go by it: the program is called otherwise, and is the same gateway.</summary>
    public const string ApplicationName = "--applicationName=Gateway.Standalone";

    public const string ConfigFile = "Gateway:ConfigFile";

    private readonly WebApplication _app;
    private readonly Task<int> _running;

    private HostedGateway(WebApplication app, Task<int> running, string adminKey)
        => (_app, _running, Url, AdminKey) = (app, running, new Uri(app.Urls.First().TrimEnd('/') + "/"), adminKey);

    public Uri Url { get; }

    public string AdminKey { get; }

    /// <summary>Cancelled when the gateway begins to end, by Ctrl-C for one.</summary>
    public CancellationToken Ending => _app.Lifetime.ApplicationStopping;

    public Task Completion => _running;

    public static async Task<HostedGateway> StartAsync(string dataDirectory, Uri url, CancellationToken cancellationToken)
    {
        var adminKey = AdminKeySetting.Create();
        var started = new TaskCompletionSource<WebApplication>(TaskCreationOptions.RunContinuationsAsynchronously);
        var errors = new StringWriter();
        var running = StandaloneHost.RunAsync(
            [
                ApplicationName,
                $"--urls={url.GetLeftPart(UriPartial.Authority)}",
                $"--{DataDirectory.Name}={dataDirectory}",
                $"--{AdminKeySetting.Name}={adminKey}",
                "--Logging:LogLevel:Default=Error",

                // Standard output belongs to the command.
                "--Logging:Console:LogToStandardErrorThreshold=Trace",
            ],
            new HostConsole(TextWriter.Null, errors),
            app => app.Lifetime.ApplicationStarted.Register(() => started.TrySetResult(app)));
        await Task.WhenAny(running, started.Task).WaitAsync(cancellationToken);
        return started.Task.IsCompletedSuccessfully
            ? new HostedGateway(await started.Task, running, adminKey)
            : throw new CommandException($"The gateway did not start (exit code {await running}). {errors.ToString().Trim()}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_running.IsCompleted)
        {
            _app.Lifetime.StopApplication();
        }

        await _running;
    }
}
