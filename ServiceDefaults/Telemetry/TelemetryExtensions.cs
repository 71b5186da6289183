using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using ServiceDefaults.Health;
using ServiceDefaults.Telemetry.Prometheus;

namespace ServiceDefaults.Telemetry;

internal static class TelemetryExtensions
{
    /// <summary>
    /// What HttpClient and routing measure besides of every call, seven times in all: the durations say as much, and the gateway's own metrics more.
    /// </summary>
    private static readonly string[] LeftOut =
        ["http.client.active_requests", "http.client.open_connections", "http.client.request.time_in_queue", "aspnetcore.routing.match_attempts"];

    /// <summary>By route, method and status, or by server.</summary>
    private static readonly string[] HaveManySeries = ["http.server.request.duration", "http.client.request.duration"];

    private const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string ServiceName = "OTEL_SERVICE_NAME";
    private const string TracesSampler = "OTEL_TRACES_SAMPLER";

    /// <summary>
    /// Measures for whoever scrapes, and exports to the OTLP endpoint of the environment. Without one there are no traces: spans that nobody
    /// reads cost memory and time.
    /// </summary>
    public static void AddGatewayTelemetry(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<TelemetryOptions>().BindConfiguration(TelemetryOptions.Section).ValidateOnStart();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TelemetryOptions>, TelemetryOptionsValidator>());
        var isExported = !string.IsNullOrWhiteSpace(builder.Configuration[OtlpEndpoint]);
        var metrics = MetricsSettings.Of(builder);
        if (!isExported && !metrics.IsEnabled)
        {
            return;
        }

        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource.AddServiceName(builder));
        telemetry.WithMetrics(provider =>
        {
            provider.AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation().AddMeter(GatewayTelemetry.Name);
            provider.AddView(ViewOf);

            if (metrics.IsEnabled)
            {
                provider.AddPrometheus(builder.Services, metrics);
            }

            if (isExported)
            {
                provider.SetExemplarFilter(ExemplarFilterType.TraceBased);
            }
        });
        if (isExported)
        {
            telemetry.AddExport(builder);
        }
    }

    private static void AddExport(this OpenTelemetryBuilder telemetry, IHostApplicationBuilder builder)
    {
        // Without scopes: ASP.NET Core's own has the path, and what else it has is in the span that the record names.
        builder.Logging.AddOpenTelemetry(logging => logging.IncludeFormattedMessage = true);
        telemetry
            .WithTracing(tracing =>
            {
                tracing
                    .AddSource(builder.Environment.ApplicationName, GatewayTelemetry.Name)
                    .AddAspNetCoreInstrumentation(options => options.Filter = context => !HealthEndpoints.IsProbe(context.Request.Path))
                    .AddHttpClientInstrumentation()
                    .AddProcessor(new PathRedaction());
                if (string.IsNullOrEmpty(builder.Configuration[TracesSampler]))
                {
                    tracing.SetSampler(services => new ParentBasedSampler(new TraceBudget(
                        services.GetRequiredService<IOptions<TelemetryOptions>>().Value.TracesPerSecond, TimeProvider.System)));
                }
            })
            .UseOtlpExporter();
    }

    /// <summary>
    /// Memory for every series that a metric may have is taken when it is first measured: 2,000, unless somebody says less. Those of the framework
    /// have far fewer, and there are fifty of them.
    /// </summary>
    private static MetricStreamConfiguration? ViewOf(Instrument instrument)
        => LeftOut.Contains(instrument.Name, StringComparer.Ordinal) ? MetricStreamConfiguration.Drop
            : instrument.Meter.Name == GatewayTelemetry.Name ? null
            : new MetricStreamConfiguration { CardinalityLimit = HaveManySeries.Contains(instrument.Name, StringComparer.Ordinal) ? 1000 : 50 };

    private static void AddPrometheus(this MeterProviderBuilder provider, IServiceCollection services, MetricsSettings settings)
    {
        var exporter = new PrometheusExporter();
        services.AddSingleton(exporter);
        services.AddSingleton(new MetricsAccess(settings));
        provider.AddReader(new BaseExportingMetricReader(exporter));
    }

    /// <summary>The application's name, where the environment gives none: a service started by hand is not "unknown_service".</summary>
    private static void AddServiceName(this ResourceBuilder resource, IHostApplicationBuilder builder)
    {
        if (string.IsNullOrEmpty(builder.Configuration[ServiceName]))
        {
            resource.AddService(builder.Environment.ApplicationName);
        }
    }
}
