using System.Globalization;
using System.Text.RegularExpressions;
using Shouldly;

namespace Tests.Telemetry;

/// <summary>Reads the text that a scraper reads, as strictly as one.</summary>
internal sealed partial class PrometheusLines
{
    private readonly Dictionary<string, double> _samples = new(StringComparer.Ordinal);

    private PrometheusLines()
    {
    }

    public static PrometheusLines Read(string text, bool isOpenMetrics = false)
    {
        var lines = new PrometheusLines();
        var types = new Dictionary<string, string>(StringComparer.Ordinal);
        text.ShouldEndWith(isOpenMetrics ? "# EOF\n" : "\n");
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line != "# EOF"))
        {
            if (line.StartsWith('#'))
            {
                var words = line.Split(' ', 4);
                words[1].ShouldBeOneOf("TYPE", "HELP");
                if (words[1] == "TYPE")
                {
                    types.TryAdd(words[2], words[3]).ShouldBeTrue(line);
                }

                continue;
            }

            var match = Sample().Match(line);
            match.Success.ShouldBeTrue(line);
            var name = match.Groups["name"].Value;
            types.Keys.ShouldContain(type => name == type || name.StartsWith(type + "_", StringComparison.Ordinal), line);
            lines._samples.TryAdd(name + match.Groups["labels"].Value, Number(match.Groups["value"].Value)).ShouldBeTrue(line);
            match.Groups["exemplar"].Success.ShouldBe(match.Groups["exemplar"].Success && isOpenMetrics);
        }

        lines.CheckHistograms(types.Where(type => type.Value == "histogram").Select(type => type.Key));
        return lines;
    }

    /// <summary>The samples of a name whose labels hold all of these, added up.</summary>
    public double Sum(string name, params (string Name, string Value)[] labels)
        => _samples.Where(sample => NameOf(sample.Key) == name && labels.All(label => sample.Key.Contains($"{label.Name}=\"{label.Value}\"", StringComparison.Ordinal))).Sum(sample => sample.Value);

    public IEnumerable<string> Names => _samples.Keys.Select(NameOf).Distinct(StringComparer.Ordinal);

    private void CheckHistograms(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            var buckets = _samples.Where(sample => NameOf(sample.Key) == name + "_bucket").ToList();
            foreach (var series in buckets.GroupBy(bucket => Bound().Replace(bucket.Key[NameOf(bucket.Key).Length..], "")))
            {
                series.Select(bucket => bucket.Value).ShouldBe(series.Select(bucket => bucket.Value).Order(), $"{name}{series.Key}");
                Bound().Match(series.Last().Key).Groups[1].Value.ShouldBe("+Inf");
                _samples[$"{name}_count{(series.Key == "{}" ? "" : series.Key)}"].ShouldBe(series.Last().Value);
            }
        }
    }

    private static string NameOf(string sample) => sample.Split('{')[0];

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?<labels>\{[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\.)*"(?:,[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\.)*")*\})? (?<value>\S+)(?<exemplar> # \{.*\} \S+ \S+)?$""")]
    private static partial Regex Sample();

    [GeneratedRegex(",?le=\"([^\"]*)\"")]
    private static partial Regex Bound();
}
