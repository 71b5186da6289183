using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>Runs the application: the dashboard first, then each resource as soon as what it waits for is there; and back.</summary>
internal sealed partial class ApplicationRunner(
    IServiceProvider services,
    IResourceCollection resources,
    IDashboard dashboard,
    IConfiguration configuration,
    IHostEnvironment hostEnvironment,
    ResourceNotificationService notifications,
    ResourceLoggerService logs,
    ProcessEnvironment processEnvironment,
    HealthMonitor health,
    TimeProvider time,
    ILogger<DistributedApplication> logger) : IHostedService, IDisposable
{
    private readonly Dictionary<IResource, ResourceProcess> _processes = [];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        LogStarting(hostEnvironment.ContentRootPath);
        EndpointAllocator.Allocate(resources, configuration.GetValue<bool>("DcpPublisher:RandomizePorts"));
        foreach (var resource in resources)
        {
            await notifications.PublishUpdateAsync(resource, snapshot => Describe(resource, snapshot));
        }

        await dashboard.StartAsync(services, cancellationToken);
        foreach (var resource in resources)
        {
            if (resource is ProjectResource or ExecutableResource)
            {
                _processes[resource] = new ResourceProcess(
                    resource, notifications, logs.GetLog(resource), processEnvironment, health, time, logger);
            }
            else
            {
                await PublishValueAsync(resource, cancellationToken);
            }
        }

        foreach (var process in _processes.Values)
        {
            process.Start();
        }

        LogStarted();
    }

    /// <summary>Stops each resource after those that wait for it.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var stops = new Dictionary<IResource, Task>();
        await Task.WhenAll(_processes.Keys.Select(Stop));
        await dashboard.StopAsync(cancellationToken);

        Task Stop(IResource resource)
        {
            if (!stops.TryGetValue(resource, out var stop))
            {
                var dependants = _processes.Keys.Where(other => StartOrder.DependenciesOf(other).Contains(resource)).Select(Stop).ToArray();
                stops[resource] = stop = StopAfterAsync(dependants, _processes[resource]);
            }

            return stop;
        }

        async Task StopAfterAsync(Task[] dependants, ResourceProcess process)
        {
            await Task.WhenAll(dependants);
            await process.StopAsync(cancellationToken);
        }
    }

    public void Dispose()
    {
        foreach (var process in _processes.Values)
        {
            process.Dispose();
        }
    }

    private CustomResourceSnapshot Describe(IResource resource, CustomResourceSnapshot snapshot) => snapshot with
    {
        ResourceType = resource switch
        {
            ProjectResource => "Project",
            ExecutableResource => "Executable",
            ParameterResource => "Parameter",
            _ => "ConnectionString",
        },
        CreationTimeStamp = time.GetUtcNow().UtcDateTime,
        State = new(KnownResourceStates.NotStarted, null),
        Urls = ResourceUrls.Describe(resource, isInactive: true),
        Properties = resource.Annotations.OfType<IProjectMetadata>().SingleOrDefault() is { } project
            ? [new("project.path", project.ProjectPath)]
            : [],
        Relationships =
        [
            .. resource.Annotations.OfType<ResourceRelationshipAnnotation>()
                .Select(relationship => new RelationshipSnapshot(relationship.Resource.Name, relationship.Type)).Distinct(),
        ],
    };

    /// <summary>Parameters and connection strings are there at once, or never.</summary>
    private async Task PublishValueAsync(IResource resource, CancellationToken cancellationToken)
    {
        ResourceStateSnapshot state = new(KnownResourceStates.Running, KnownResourceStateStyles.Success);
        ImmutableArray<ResourcePropertySnapshot> properties = [];
        try
        {
            var value = await ProcessEnvironment.ResolveAsync(resource, cancellationToken);
            properties = [new("Value", value) { IsSensitive = ResourceExtensions.HasSecret(resource) }];
        }
        catch (DistributedApplicationException exception)
        {
            // Whoever needs the value fails with the same message.
            state = new("ValueMissing", KnownResourceStateStyles.Warn);
            logs.GetLog(resource).Write(exception.Message, isError: false);
        }

        await notifications.PublishUpdateAsync(resource, snapshot => snapshot with { State = state, Properties = properties });
    }

    [LoggerMessage(1, LogLevel.Information, "Distributed application starting. AppHost directory: {Directory}")]
    private partial void LogStarting(string directory);

    [LoggerMessage(2, LogLevel.Information, "Distributed application started. Press Ctrl+C to shut down.")]
    private partial void LogStarted();
}
