namespace Aspire.Hosting.Dashboard;

/// <summary>The dashboard beside a running application: started before the resources, stopped after them.</summary>
internal interface IDashboard
{
    /// <summary>Where services send telemetry; known once <see cref="StartAsync"/> has returned, null without a dashboard.</summary>
    DashboardTelemetry? Telemetry { get; }

    Task StartAsync(IServiceProvider services, CancellationToken cancellationToken);

    Task StopAsync(CancellationToken cancellationToken);
}

/// <param name="OtlpEndpoint">For example <c>http://localhost:19000</c>.</param>
/// <param name="Protocol"><c>grpc</c> or <c>http/protobuf</c>.</param>
/// <param name="ApiKey">Sent as <c>x-otlp-api-key</c> when the dashboard is secured.</param>
internal sealed record DashboardTelemetry(string OtlpEndpoint, string Protocol, string? ApiKey);
