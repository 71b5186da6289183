using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ServiceDefaults.Hosting;

/// <summary>
/// Ends the service when the AppHost that started it is gone, even when that was killed and could stop nobody. The AppHost names
/// itself in two variables; without them, as in a deployment, there is nobody to watch.
/// </summary>
internal sealed partial class ParentWatchdog(
    int parentId, DateTimeOffset parentStarted, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<ParentWatchdog> logger)
    : BackgroundService
{
    /// <summary>Together these keep the promise that nothing is left five seconds after the AppHost.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(3);

    /// <summary>The system derives start times from its uptime, and two processes may round them apart.</summary>
    private static readonly TimeSpan StartTolerance = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (IsParentAlive())
            {
                await timer.WaitForNextTickAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Said here, as a start that fails cancels without stopping, and the host would report that as a crash.
            return;
        }

        LogParentGone(parentId);

        // Started first: a shutdown that hangs must not outlive the grace, and nobody is left to kill the process but itself.
        _ = KillAfterGraceAsync();
        lifetime.StopApplication();
    }

    private bool IsParentAlive()
    {
        try
        {
            using var parent = Process.GetProcessById(parentId);
            return !IsZombie(parentId) && (new DateTimeOffset(parent.StartTime) - parentStarted).Duration() < StartTolerance;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return false;
        }
    }

    /// <summary>A killed process keeps its id until its own parent has asked for the exit code.</summary>
    private static bool IsZombie(int processId)
    {
        var file = $"/proc/{processId}/stat";
        if (!File.Exists(file))
        {
            return false;
        }

        // "id (name) state ...", and the name may hold anything.
        var stat = File.ReadAllText(file);
        return stat[(stat.LastIndexOf(')') + 2)..].StartsWith('Z');
    }

    private async Task KillAfterGraceAsync()
    {
        await Task.Delay(StopGrace, time);
        using var self = Process.GetCurrentProcess();
        self.Kill();
    }

    [LoggerMessage(1, LogLevel.Warning, "The AppHost (process {ProcessId}) is gone: stopping.")]
    private partial void LogParentGone(int processId);
}
