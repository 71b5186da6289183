using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace ServiceDefaults.Telemetry.Prometheus;

/// <summary>What is measured, as text, when somebody asks for it.</summary>
[ExportModes(ExportModes.Pull)]
internal sealed class PrometheusExporter : BaseExporter<Metric>, IPullMetricExporter
{
    private static readonly TimeSpan LongestCollection = TimeSpan.FromSeconds(10);

    private readonly Lock _scraping = new();
    private PrometheusText? _text;

    public Func<int, bool>? Collect { get; set; }

    /// <summary>Null when it could not be collected in time.</summary>
    public string? Scrape(PrometheusFormat format)
    {
        lock (_scraping)
        {
            _text = new PrometheusText(format);
            return Collect is { } collect && collect((int)LongestCollection.TotalMilliseconds) ? _text.End() : null;
        }
    }

    public override ExportResult Export(in Batch<Metric> batch)
    {
        foreach (var metric in batch)
        {
            _text?.Add(metric);
        }

        return ExportResult.Success;
    }
}

internal enum PrometheusFormat
{
    /// <summary>Version 0.0.4 of the text format, which every scraper reads.</summary>
    Text,

    /// <summary>OpenMetrics 1.0, which has exemplars besides.</summary>
    OpenMetrics,
}
