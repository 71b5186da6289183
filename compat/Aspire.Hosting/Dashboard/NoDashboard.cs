namespace Aspire.Hosting.Dashboard;

internal sealed class NoDashboard : IDashboard
{
    public DashboardTelemetry? Telemetry => null;

    public Task StartAsync(IServiceProvider services, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
