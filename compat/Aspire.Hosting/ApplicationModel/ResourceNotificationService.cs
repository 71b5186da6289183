using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The state of every resource, and a stream of its changes.</summary>
public sealed partial class ResourceNotificationService
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ResourceEvent> _current = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Channel<ResourceEvent>> _subscribers = [];
    private readonly ILogger<ResourceNotificationService> _logger;
    private readonly WaitBehavior _defaultWaitBehavior;

    internal ResourceNotificationService(ILogger<ResourceNotificationService> logger, WaitBehavior defaultWaitBehavior)
    {
        _logger = logger;
        _defaultWaitBehavior = defaultWaitBehavior;
    }

    public Task PublishUpdateAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
        => PublishUpdateAsync(resource, resource.GetResourceId(), stateFactory);

    public Task PublishUpdateAsync(
        IResource resource, string resourceId, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        string? before;
        ResourceEvent update;
        lock (_gate)
        {
            var snapshot = _current.GetValueOrDefault(resourceId)?.Snapshot
                ?? new CustomResourceSnapshot { ResourceType = resource.GetType().Name.Replace("Resource", "", StringComparison.Ordinal), Properties = [] };
            before = snapshot.State?.Text;
            update = new ResourceEvent(resource, resourceId, stateFactory(snapshot));
            _current[resourceId] = update;

            // Written under the lock, so that every subscriber sees the changes in one order.
            _subscribers.ForEach(subscriber => subscriber.Writer.TryWrite(update));
        }

        if (update.Snapshot.State?.Text is { } after && after != before)
        {
            LogStateChanged(resource.Name, resourceId, before ?? "(none)", after);
        }

        return Task.CompletedTask;
    }

    public bool TryGetCurrentState(string resourceId, [NotNullWhen(true)] out ResourceEvent? resourceEvent)
    {
        lock (_gate)
        {
            resourceEvent = _current.GetValueOrDefault(resourceId)
                ?? _current.Values.SingleOrDefault(candidate => IsNamed(candidate, resourceId));
            return resourceEvent is not null;
        }
    }

    /// <summary>The present state of each resource, then each change.</summary>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateUnbounded<ResourceEvent>(new() { SingleReader = true });
        lock (_gate)
        {
            foreach (var resourceEvent in _current.Values)
            {
                channel.Writer.TryWrite(resourceEvent);
            }

            _subscribers.Add(channel);
        }

        try
        {
            await foreach (var resourceEvent in channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return resourceEvent;
            }
        }
        finally
        {
            lock (_gate)
            {
                _subscribers.Remove(channel);
            }
        }
    }

    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default)
        => WaitForResourceAsync(resourceName, [targetState ?? KnownResourceStates.Running], cancellationToken);

    public async Task<string> WaitForResourceAsync(
        string resourceName, IEnumerable<string> targetStates, CancellationToken cancellationToken = default)
    {
        var states = targetStates.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var reached = await WaitForResourceAsync(
            resourceName, resourceEvent => resourceEvent.Snapshot.State is { } state && states.Contains(state.Text), cancellationToken);
        return reached.Snapshot.State!.Text;
    }

    public async Task<ResourceEvent> WaitForResourceAsync(
        string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
    {
        await foreach (var resourceEvent in WatchAsync(cancellationToken))
        {
            if (IsNamed(resourceEvent, resourceName) && predicate(resourceEvent))
            {
                return resourceEvent;
            }
        }

        throw new OperationCanceledException($"Resource '{resourceName}' did not reach the awaited state.", cancellationToken);
    }

    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default)
        => WaitForResourceHealthyAsync(resourceName, _defaultWaitBehavior, cancellationToken);

    public async Task<ResourceEvent> WaitForResourceHealthyAsync(
        string resourceName, WaitBehavior waitBehavior, CancellationToken cancellationToken = default)
    {
        var resourceEvent = await WaitForResourceAsync(
            resourceName,
            candidate => candidate.Snapshot.HealthStatus == HealthStatus.Healthy
                || (waitBehavior == WaitBehavior.StopOnResourceUnavailable && HasEnded(candidate)),
            cancellationToken);
        return HasEnded(resourceEvent)
            ? throw new DistributedApplicationException(
                $"Stopped waiting for resource '{resourceName}' to become healthy: {DescribeEnd(resourceEvent)}.")
            : resourceEvent;
    }

    /// <summary>Returns when the dependencies of a resource allow it to start.</summary>
    internal async Task WaitForDependenciesAsync(IResource resource, CancellationToken cancellationToken)
        => await Task.WhenAll(resource.Annotations.OfType<WaitAnnotation>().Select(wait => WaitForDependencyAsync(wait, cancellationToken)));

    private async Task WaitForDependencyAsync(WaitAnnotation wait, CancellationToken cancellationToken)
    {
        var stops = (wait.WaitBehavior ?? _defaultWaitBehavior) == WaitBehavior.StopOnResourceUnavailable;
        var reached = await WaitForResourceAsync(
            wait.Resource.Name,
            candidate => wait.WaitType switch
            {
                WaitType.WaitUntilHealthy => candidate.Snapshot.HealthStatus == HealthStatus.Healthy || (stops && HasEnded(candidate)),
                WaitType.WaitUntilStarted => candidate.Snapshot.HealthStatus is not null || (stops && HasEnded(candidate)),
                _ => (HasEnded(candidate) && candidate.Snapshot.ExitCode == wait.ExitCode) || (stops && HasEnded(candidate)),
            },
            cancellationToken);

        var wasToEnd = wait.WaitType == WaitType.WaitForCompletion;
        if (HasEnded(reached) && !(wasToEnd && reached.Snapshot.ExitCode == wait.ExitCode))
        {
            throw new DistributedApplicationException(wasToEnd
                ? $"Resource '{wait.Resource.Name}' was expected to end with exit code {wait.ExitCode}, but {DescribeEnd(reached)}."
                : $"Dependency resource '{wait.Resource.Name}' is unavailable: {DescribeEnd(reached)}.");
        }
    }

    private static bool HasEnded(ResourceEvent resourceEvent) => resourceEvent.Snapshot.State?.Text is { } state
        && (KnownResourceStates.TerminalStates.Contains(state) || state == KnownResourceStates.RuntimeUnhealthy);

    private static string DescribeEnd(ResourceEvent resourceEvent)
        => resourceEvent.Snapshot.State?.Text == KnownResourceStates.FailedToStart
            ? "it failed to start"
            : $"it entered the '{resourceEvent.Snapshot.State?.Text}' state prematurely (exit code {resourceEvent.Snapshot.ExitCode?.ToString() ?? "unknown"})";

    private static bool IsNamed(ResourceEvent resourceEvent, string resourceName)
        => string.Equals(resourceEvent.Resource.Name, resourceName, StringComparison.OrdinalIgnoreCase);

    [LoggerMessage(1, LogLevel.Information, "Resource {Resource}/{ResourceId} changed state: {PreviousState} -> {NewState}")]
    private partial void LogStateChanged(string resource, string resourceId, string previousState, string newState);
}
