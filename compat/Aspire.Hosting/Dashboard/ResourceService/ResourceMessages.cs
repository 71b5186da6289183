using System.Collections;
using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.ResourceService.Messages;
using Google.Protobuf.WellKnownTypes;
using HealthReport = Aspire.Hosting.Dashboard.ResourceService.Messages.HealthReport;
using HealthStatus = Aspire.Hosting.Dashboard.ResourceService.Messages.HealthStatus;
using Resource = Aspire.Hosting.Dashboard.ResourceService.Messages.Resource;

namespace Aspire.Hosting.Dashboard.ResourceService;

/// <summary>Snapshots of the application model as messages of the dashboard.</summary>
internal static class ResourceMessages
{
    private const string ExitCodeProperty = "resource.exitCode";

    public static Resource From(ResourceEvent change)
    {
        var snapshot = change.Snapshot;
        var resource = new Resource
        {
            Name = change.ResourceId,
            Uid = change.ResourceId,
            DisplayName = change.Resource.Name,
            ResourceType = snapshot.ResourceType,
            CreatedAt = From(snapshot.CreationTimeStamp),
            StartedAt = From(snapshot.StartTimeStamp),
            StoppedAt = From(snapshot.StopTimeStamp),
            IsHidden = snapshot.IsHidden,
            Environment = { Items(snapshot.EnvironmentVariables).Select(From) },
            Properties = { Items(snapshot.Properties).Select(From) },
            Urls = { Items(snapshot.Urls).Select(From) },
            HealthReports = { Items(snapshot.HealthReports).Select(From) },
            Relationships =
            {
                Items(snapshot.Relationships).Select(r => new ResourceRelationship { ResourceName = r.ResourceName, Type = r.Type }),
            },
        };
        if (snapshot.State is { } state)
        {
            resource.State = state.Text;
            if (state.Style is not null)
            {
                resource.StateStyle = state.Style;
            }
        }

        if (snapshot.ExitCode is { } exitCode)
        {
            resource.Properties.Add(new ResourceProperty { Name = ExitCodeProperty, Value = From(exitCode) });
        }

        return resource;
    }

    public static ConsoleLogLine From(LogLine line) => new() { Text = line.Content, IsStdErr = line.IsErrorMessage, LineNumber = line.LineNumber };

    private static EnvironmentVariable From(EnvironmentVariableSnapshot variable)
    {
        var message = new EnvironmentVariable { Name = variable.Name, IsFromSpec = variable.IsFromSpec };
        if (variable.Value is not null)
        {
            message.Value = variable.Value;
        }

        return message;
    }

    private static ResourceProperty From(ResourcePropertySnapshot property)
        => new() { Name = property.Name, Value = From(property.Value), IsSensitive = property.IsSensitive };

    private static ResourceUrl From(UrlSnapshot url)
    {
        var message = new ResourceUrl
        {
            FullUrl = url.Url,
            IsInternal = url.IsInternal,
            IsInactive = url.IsInactive,
            DisplayProperties = new UrlDisplay { DisplayName = url.DisplayProperties.DisplayName, SortOrder = url.DisplayProperties.SortOrder },
        };
        if (url.Name is not null)
        {
            message.EndpointName = url.Name;
        }

        return message;
    }

    private static HealthReport From(HealthReportSnapshot report)
    {
        var message = new HealthReport
        {
            Key = report.Name,
            Description = report.Description ?? "",
            Exception = report.ExceptionText ?? "",
            LastRunAt = From(report.LastRunAt),
        };
        if (report.Status is { } status)
        {
            message.Status = status switch
            {
                Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy => HealthStatus.Healthy,
                Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Degraded => HealthStatus.Degraded,
                _ => HealthStatus.Unhealthy,
            };
        }

        return message;
    }

    // The dashboard reads every scalar as text, numbers too.
    private static Value From(object? value) => value switch
    {
        null => Value.ForNull(),
        string text => Value.ForString(text),
        IEnumerable items => Value.ForList([.. items.Cast<object?>().Select(From)]),
        _ => Value.ForString(value.ToString() ?? ""),
    };

    private static Timestamp? From(DateTime? time) => time is { } value ? Timestamp.FromDateTime(value.ToUniversalTime()) : null;

    // Snapshots that were never given a list hold the default of ImmutableArray, which cannot be enumerated.
    private static ImmutableArray<T> Items<T>(ImmutableArray<T> items) => items.IsDefault ? [] : items;
}
