using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);

/// <summary>What each resource has written, kept for the console page and passed on to the application's log.</summary>
public sealed class ResourceLoggerService
{
    private readonly ConcurrentDictionary<string, ResourceLog> _logs = new(StringComparer.OrdinalIgnoreCase);
    private readonly Func<string, ResourceLog> _create;

    internal ResourceLoggerService(IResourceCollection resources, ILoggerFactory loggers, IHostEnvironment environment, TimeProvider time)
        => _create = resourceId =>
        {
            var name = resources.FirstOrDefault(resource => resource.GetResourceId() == resourceId)?.Name ?? resourceId;
            return new ResourceLog(loggers.CreateLogger($"{environment.ApplicationName}.Resources.{name}"), time);
        };

    public ILogger GetLogger(IResource resource) => GetLog(resource);

    public ILogger GetLogger(string resourceName) => GetLog(resourceName);

    /// <summary>The lines so far, then new ones as they come, until the resource has ended.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource) => GetLog(resource).WatchAsync();

    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName) => GetLog(resourceName).WatchAsync();

    /// <summary>The lines so far.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(string resourceName) => GetLog(resourceName).GetAllAsync();

    public void Complete(IResource resource) => GetLog(resource).Complete();

    internal ResourceLog GetLog(IResource resource) => GetLog(resource.GetResourceId());

    private ResourceLog GetLog(string resourceId) => _logs.GetOrAdd(resourceId, _create);
}
