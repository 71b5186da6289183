using System.Reflection;
using Gateway.Contracts.Operations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ServiceDefaults.Operations;

/// <summary>What this process tells administrators of itself.</summary>
public sealed class ProcessReport
{
    private const string DatabasePrefix = "database-";

    private readonly HealthCheckService _checks;
    private readonly IEnumerable<IHealthParts> _parts;
    private readonly SettingsReport _settings;

    internal ProcessReport(IServiceCollection registered, IServiceProvider services)
    {
        _checks = services.GetRequiredService<HealthCheckService>();
        _parts = services.GetServices<IHealthParts>();
        _settings = new SettingsReport(registered, services, services.GetRequiredService<IConfiguration>());
    }

    private static string? Version { get; } = typeof(ProcessReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;

    public async Task<ProcessHealth> GetHealthAsync(string process, CancellationToken cancellationToken)
    {
        var report = await _checks.CheckHealthAsync(cancellationToken);
        var parts = report.Entries.Select(entry => Show(entry.Key, entry.Value)).ToList();
        foreach (var more in _parts)
        {
            parts.AddRange(await more.DescribeAsync(cancellationToken));
        }

        return ProcessHealth.Of(process, Version, parts);
    }

    public ProcessSettings GetSettings(string process) => new(process, _settings.Read());

    private static HealthPart Show(string name, HealthReportEntry entry) => new(
        name == "self" ? "process" : name.StartsWith(DatabasePrefix, StringComparison.Ordinal) ? "database" : name,
        name.StartsWith(DatabasePrefix, StringComparison.Ordinal) ? name[DatabasePrefix.Length..] : name,
        entry.Status switch
        {
            HealthStatus.Healthy => PartStatus.Healthy,
            HealthStatus.Degraded => PartStatus.Degraded,
            _ => PartStatus.Unhealthy,
        },
        // An exception's own words may say how a database is opened.
        entry.Exception is null ? entry.Description : "The check itself failed: see the log.",
        Math.Round(entry.Duration.TotalMilliseconds, 3));
}
