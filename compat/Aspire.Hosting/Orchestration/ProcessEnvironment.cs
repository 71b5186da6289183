using System.Collections.Immutable;
using System.Diagnostics;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Orchestration;

/// <summary>What a process is told through its environment.</summary>
internal sealed class ProcessEnvironment(
    DistributedApplicationExecutionContext executionContext, IConfiguration configuration, IHostEnvironment hostEnvironment, IDashboard dashboard)
{
    /// <summary>Meant for the AppHost; a service that inherited them would take the dashboard's address or another's profile.</summary>
    private static readonly string[] NotInherited =
        ["ASPNETCORE_URLS", "DOTNET_LAUNCH_PROFILE", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "ASPIRE_LOGLEVEL"];

    /// <summary>Fills the start information, and returns what may be shown of it.</summary>
    public async Task<ImmutableArray<EnvironmentVariableSnapshot>> ApplyAsync(
        IResource resource, ProcessStartInfo startInfo, CancellationToken cancellationToken)
    {
        Array.ForEach(NotInherited, name => startInfo.Environment.Remove(name));

        var variables = await resource.CollectEnvironmentAsync(executionContext, cancellationToken);
        AddTelemetry(resource, variables);
        var shown = ImmutableArray.CreateBuilder<EnvironmentVariableSnapshot>(variables.Count);
        foreach (var (name, value) in variables)
        {
            var text = await ResolveAsync(value, cancellationToken);
            startInfo.Environment[name] = text;
            shown.Add(new EnvironmentVariableSnapshot(name, ResourceExtensions.HasSecret(value) ? null : text, IsFromSpec: true));
        }

        foreach (var (name, value) in ParentProcess.Variables)
        {
            startInfo.Environment[name] = value;
        }

        return shown.ToImmutable();
    }

    public static async ValueTask<string> ResolveAsync(object value, CancellationToken cancellationToken) => value switch
    {
        IValueProvider provider => await provider.GetValueAsync(cancellationToken) ?? "",
        _ => value.ToString() ?? "",
    };

    private void AddTelemetry(IResource resource, Dictionary<string, object> variables)
    {
        var telemetry = dashboard.Telemetry;
        if (telemetry is null && string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            return;
        }

        if (telemetry is not null)
        {
            variables.TryAdd("OTEL_EXPORTER_OTLP_ENDPOINT", telemetry.OtlpEndpoint);
            variables.TryAdd("OTEL_EXPORTER_OTLP_PROTOCOL", telemetry.Protocol);
            if (telemetry.ApiKey is { } key)
            {
                variables.TryAdd("OTEL_EXPORTER_OTLP_HEADERS", new SecretText($"x-otlp-api-key={key}"));
            }
        }

        variables.TryAdd("OTEL_SERVICE_NAME", resource.Name);
        if (resource.Annotations.OfType<InstanceAnnotation>().SingleOrDefault() is { } copy)
        {
            variables.TryAdd("OTEL_RESOURCE_ATTRIBUTES", $"service.instance.id={copy.Instance}");
        }

        if (!hostEnvironment.IsDevelopment())
        {
            return;
        }

        // What a developer does is to be seen at once and in full.
        variables.TryAdd("OTEL_BLRP_SCHEDULE_DELAY", "1000");
        variables.TryAdd("OTEL_BSP_SCHEDULE_DELAY", "1000");
        variables.TryAdd("OTEL_METRIC_EXPORT_INTERVAL", "1000");
        variables.TryAdd("OTEL_TRACES_SAMPLER", "always_on");
        variables.TryAdd("OTEL_METRICS_EXEMPLAR_FILTER", "trace_based");
        variables.TryAdd("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "true");
        variables.TryAdd("OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION", "true");
        variables.TryAdd("OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION", "true");
    }
}
