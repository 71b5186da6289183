using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>The life of one process: it waits for what it needs, starts, is watched, and is stopped. It is not started again.</summary>
internal sealed partial class ResourceProcess(
    IResource resource,
    ResourceNotificationService notifications,
    ResourceLog log,
    ProcessEnvironment environment,
    HealthMonitor health,
    TimeProvider time,
    ILogger logger) : IDisposable
{
    private const int ShownLines = 20;

    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(6);

    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _killNow = new();
    private Task _life = Task.CompletedTask;

    public void Start() => _life = Task.Run(LiveAsync);

    /// <param name="cancellationToken">Ends the time that the process is given to end by itself.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _killNow);
        await _stopping.CancelAsync();
        await _life;
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _killNow.Dispose();
    }

    private async Task LiveAsync()
    {
        try
        {
            if (StartOrder.DependenciesOf(resource).Any())
            {
                await PublishAsync(KnownResourceStates.Waiting, KnownResourceStateStyles.Info);
                await notifications.WaitForDependenciesAsync(resource, _stopping.Token);
            }

            await PublishAsync(KnownResourceStates.Starting, KnownResourceStateStyles.Info);
            using var child = await StartChildAsync();
            await EndAsync(await WatchAsync(child));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            await PublishAsync(KnownResourceStates.NotStarted, style: null);
        }
        catch (Exception exception)
        {
            LogFailedToStart(logger, resource.Name, exception.Message);
            log.Write(exception.Message, isError: true);
            await PublishAsync(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error);
        }
        finally
        {
            log.Complete();
        }
    }

    private async Task<ChildProcess> StartChildAsync()
    {
        EndpointAllocator.ThrowIfTaken(resource);
        var startInfo = await ProcessCommand.CreateAsync(resource, _stopping.Token);
        var variables = await environment.ApplyAsync(resource, startInfo, _stopping.Token);
        var properties = new List<ResourcePropertySnapshot>
        {
            new("executable.path", startInfo.FileName),
            new("executable.workDir", startInfo.WorkingDirectory),
            new("executable.args", startInfo.ArgumentList.ToArray()),
        };

        // Our services watch their parent themselves; a foreign program does not.
        var child = ChildProcess.Start(startInfo, log.Write, time, diesWithParent: resource is ExecutableResource);
        properties.Add(new("executable.pid", child.Id));
        await notifications.PublishUpdateAsync(resource, snapshot => snapshot with
        {
            State = new(KnownResourceStates.Running, KnownResourceStateStyles.Success),
            StartTimeStamp = time.GetUtcNow().UtcDateTime,
            EnvironmentVariables = variables,
            Properties = [.. snapshot.Properties, .. properties],
            Urls = ResourceUrls.Describe(resource, isInactive: false),
            HealthReports = HealthMonitor.Unknown(resource),
        });
        return child;
    }

    private async Task<int> WatchAsync(ChildProcess child)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        var monitoring = health.RunAsync(resource, ended.Token);
        await Task.WhenAny(child.Exited, Task.Delay(Timeout.InfiniteTimeSpan, time, _stopping.Token));
        await ended.CancelAsync();
        try
        {
            await monitoring;
        }
        catch (OperationCanceledException)
        {
            // Its end is why it was cancelled.
        }

        if (!child.Exited.IsCompleted)
        {
            await PublishAsync(KnownResourceStates.Stopping, KnownResourceStateStyles.Info);
            await child.StopAsync(StopGrace, time, _killNow.Token);
        }

        return await child.Exited;
    }

    private async Task EndAsync(int exitCode)
    {
        if (exitCode != 0 && !_stopping.IsCancellationRequested)
        {
            LogExited(logger, resource.Name, exitCode, string.Join(Environment.NewLine, log.Last(ShownLines).Select(line => line.Content)));
        }

        await notifications.PublishUpdateAsync(resource, snapshot => snapshot with
        {
            State = exitCode == 0
                ? new(KnownResourceStates.Finished, null)
                : new(KnownResourceStates.Exited, KnownResourceStateStyles.Error),
            ExitCode = exitCode,
            StopTimeStamp = time.GetUtcNow().UtcDateTime,
            Urls = ResourceUrls.Describe(resource, isInactive: true),
        });
    }

    private Task PublishAsync(string state, string? style)
        => notifications.PublishUpdateAsync(resource, snapshot => snapshot with { State = new(state, style) });

    [LoggerMessage(1, LogLevel.Error, "Resource '{Resource}' failed to start: {Reason}")]
    private static partial void LogFailedToStart(ILogger logger, string resource, string reason);

    [LoggerMessage(2, LogLevel.Error, "Resource '{Resource}' exited with code {ExitCode}. Its last output:\n{Output}")]
    private static partial void LogExited(ILogger logger, string resource, int exitCode, string output);
}
