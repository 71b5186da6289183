using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using ServiceDefaults.Telemetry.Prometheus;
using Shouldly;
using Xunit;

namespace Tests.Telemetry;

public sealed class PrometheusTextTests : IDisposable
{
    private readonly Meter _meter = new($"prometheus-text-{Guid.NewGuid():N}");

    public void Dispose() => _meter.Dispose();

    [Fact]
    public void Text_WhenThereIsEveryKind_IsAsAScraperReadsIt()
    {
        var text = Scrape(PrometheusFormat.Text, () =>
        {
            _meter.CreateCounter<long>("calls.made", "{call}", "Calls,\nall of \"them\" \\ here.").Add(
                3, new("odd name-1", "a \"quoted\" \\ value\nof two lines"), new("empty", ""));
            _meter.CreateUpDownCounter<long>("bytes.held", "By").Add(-5);
            _meter.CreateGauge<double>("share", "1").Record(0.25);
            var histogram = _meter.CreateHistogram("wait", "s", "", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
            histogram.Record(0.05);
            histogram.Record(0.1);
            histogram.Record(5);
        });

        text.ShouldBe(string.Join('\n',
            "# TYPE calls_made_total counter",
            """# HELP calls_made_total Calls,\nall of "them" \\ here.""",
            """calls_made_total{empty="",odd_name_1="a \"quoted\" \\ value\nof two lines"} 3""",
            "# TYPE bytes_held_bytes gauge",
            "bytes_held_bytes -5",
            "# TYPE share_ratio gauge",
            "share_ratio 0.25",
            "# TYPE wait_seconds histogram",
            """wait_seconds_bucket{le="0.1"} 2""",
            """wait_seconds_bucket{le="1"} 2""",
            """wait_seconds_bucket{le="+Inf"} 3""",
            "wait_seconds_sum 5.15",
            "wait_seconds_count 3",
            ""));
        PrometheusLines.Read(text).Sum("wait_seconds_count").ShouldBe(3);
    }

    [Fact]
    public void OpenMetrics_WhenAMeasurementBelongsToATrace_SaysWhich()
    {
        using var source = new ActivitySource(_meter.Name);
        using var listener = new ActivityListener
        {
            ShouldListenTo = candidate => candidate.Name == source.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        var trace = default(ActivityTraceId);

        var text = Scrape(PrometheusFormat.OpenMetrics, () =>
        {
            using var activity = source.StartActivity("call").ShouldNotBeNull();
            trace = activity.TraceId;
            _meter.CreateHistogram("wait", "s", "", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [1] }).Record(0.5);
            _meter.CreateCounter<long>("calls").Add(1);
        });

        PrometheusLines.Read(text, isOpenMetrics: true);
        text.ShouldContain($"wait_seconds_bucket{{le=\"1\"}} 1 # {{trace_id=\"{trace}\"");
        text.ShouldContain("# TYPE calls counter\ncalls_total 1\n");
    }

    private string Scrape(PrometheusFormat format, Action measure)
    {
        var exporter = new PrometheusExporter();
        using var reader = new BaseExportingMetricReader(exporter);
        using var provider = OpenTelemetry.Sdk.CreateMeterProviderBuilder()
            .AddMeter(_meter.Name).AddReader(reader).SetExemplarFilter(ExemplarFilterType.TraceBased).Build();
        measure();
        return exporter.Scrape(format).ShouldNotBeNull();
    }
}
