using System.Globalization;
using System.Text;
using OpenTelemetry.Metrics;

namespace ServiceDefaults.Telemetry.Prometheus;

/// <summary>Writes metrics one after the other: names and labels as Prometheus spells them, histograms with their sums upwards.</summary>
internal sealed class PrometheusText(PrometheusFormat format)
{
    private readonly StringBuilder _text = new();
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    public void Add(Metric metric)
    {
        var kind = KindOf(metric.MetricType);
        var name = NameOf(metric, kind);
        if (kind is null || !_names.Add(name))
        {
            // A form of histogram that the text has no words for; or two instruments of one name, which no scraper takes.
            return;
        }

        WriteHead(metric, name, kind);
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            if (kind == "histogram")
            {
                WriteHistogram(name, point);
            }
            else
            {
                WriteSample(kind == "counter" ? name + "_total" : name, point, ValueOf(metric.MetricType, point));
            }
        }
    }

    public string End()
    {
        if (format == PrometheusFormat.OpenMetrics)
        {
            _text.Append("# EOF\n");
        }

        return _text.ToString();
    }

    private void WriteHead(Metric metric, string name, string kind)
    {
        // The older format has a counter's suffix in its name.
        var headName = format == PrometheusFormat.Text && kind == "counter" ? name + "_total" : name;
        _text.Append("# TYPE ").Append(headName).Append(' ').Append(kind).Append('\n');
        if (!string.IsNullOrEmpty(metric.Description))
        {
            _text.Append("# HELP ").Append(headName).Append(' ');
            AppendEscaped(metric.Description, escapesQuotes: format == PrometheusFormat.OpenMetrics);
            _text.Append('\n');
        }
    }

    private void WriteSample(string name, in MetricPoint point, double value)
    {
        _text.Append(name);
        WriteLabels(point, bound: null);
        _text.Append(' ').Append(Number(value)).Append('\n');
    }

    private void WriteHistogram(string name, in MetricPoint point)
    {
        var exemplars = ExemplarsOf(point);
        var (below, lower) = (0L, double.NegativeInfinity);
        foreach (var bucket in point.GetHistogramBuckets())
        {
            below += bucket.BucketCount;
            _text.Append(name).Append("_bucket");
            WriteLabels(point, Number(bucket.ExplicitBound));
            _text.Append(' ').Append(below.ToString(CultureInfo.InvariantCulture));
            WriteExemplar(exemplars, lower, bucket.ExplicitBound);
            _text.Append('\n');
            lower = bucket.ExplicitBound;
        }

        WriteSample(name + "_sum", point, point.GetHistogramSum());
        WriteSample(name + "_count", point, point.GetHistogramCount());
    }

    private List<Exemplar>? ExemplarsOf(in MetricPoint point)
    {
        if (format != PrometheusFormat.OpenMetrics || !point.TryGetExemplars(out var found))
        {
            return null;
        }

        var exemplars = new List<Exemplar>();
        foreach (ref readonly var exemplar in found)
        {
            exemplars.Add(exemplar);
        }

        return exemplars;
    }

    /// <summary>One measurement of the bucket that belongs to a trace, so that somebody can go and look.</summary>
    private void WriteExemplar(List<Exemplar>? exemplars, double above, double to)
    {
        foreach (var exemplar in exemplars ?? [])
        {
            if (exemplar.TraceId != default && exemplar.DoubleValue > above && exemplar.DoubleValue <= to)
            {
                _text.Append(" # {trace_id=\"").Append(exemplar.TraceId.ToHexString()).Append("\",span_id=\"").Append(exemplar.SpanId.ToHexString()).Append("\"} ")
                    .Append(Number(exemplar.DoubleValue)).Append(' ')
                    .Append((exemplar.Timestamp.ToUnixTimeMilliseconds() / 1000d).ToString("F3", CultureInfo.InvariantCulture));
                return;
            }
        }
    }

    private void WriteLabels(in MetricPoint point, string? bound)
    {
        var isFirst = true;
        foreach (var (key, value) in point.Tags)
        {
            Separate();
            AppendName(_text, key);
            _text.Append("=\"");
            AppendEscaped(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", escapesQuotes: true);
            _text.Append('"');
        }

        if (bound is not null)
        {
            Separate();
            _text.Append("le=\"").Append(bound).Append('"');
        }

        if (!isFirst)
        {
            _text.Append('}');
        }

        void Separate()
        {
            _text.Append(isFirst ? '{' : ',');
            isFirst = false;
        }
    }

    private void AppendEscaped(string text, bool escapesQuotes)
    {
        foreach (var character in text)
        {
            _ = character switch
            {
                '\\' => _text.Append("\\\\"),
                '\n' => _text.Append("\\n"),
                '"' when escapesQuotes => _text.Append("\\\""),
                _ => _text.Append(character),
            };
        }
    }

    private static string? KindOf(MetricType type) => type switch
    {
        MetricType.LongSum or MetricType.DoubleSum => "counter",
        MetricType.LongSumNonMonotonic or MetricType.DoubleSumNonMonotonic or MetricType.LongGauge or MetricType.DoubleGauge => "gauge",
        MetricType.Histogram => "histogram",
        _ => null,
    };

    private static double ValueOf(MetricType type, in MetricPoint point) => type switch
    {
        MetricType.LongSum or MetricType.LongSumNonMonotonic => point.GetSumLong(),
        MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => point.GetSumDouble(),
        MetricType.LongGauge => point.GetGaugeLastValueLong(),
        _ => point.GetGaugeLastValueDouble(),
    };

    /// <summary>With its unit in full, as Prometheus wants names to be read; <c>_total</c> of a counter is added where it stands.</summary>
    private static string NameOf(Metric metric, string? kind)
    {
        var name = new StringBuilder();
        AppendName(name, metric.Name);
        var unit = metric.Unit switch
        {
            "s" => "seconds",
            "ms" => "milliseconds",
            "By" => "bytes",
            "1" when kind == "gauge" => "ratio",
            { Length: > 0 } text when text[0] != '{' && text.All(char.IsAsciiLetter) => text,
            _ => null,
        };
        var spelled = name.ToString();
        return unit is null || spelled.EndsWith("_" + unit, StringComparison.Ordinal) ? spelled : $"{spelled}_{unit}";
    }

    private static void AppendName(StringBuilder target, string name)
    {
        if (name.Length > 0 && char.IsAsciiDigit(name[0]))
        {
            target.Append('_');
        }

        foreach (var character in name)
        {
            target.Append(char.IsAsciiLetterOrDigit(character) ? character : '_');
        }
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString(CultureInfo.InvariantCulture),
    };
}
