using System.Text.RegularExpressions;

namespace UsageService.Reconciliation;

/// <summary>What a provider and the gateway say of the same days, model by model and bucket by bucket.</summary>
/// <param name="IgnoredLines">Lines of the export that are of other days.</param>
internal sealed record DriftReport(string Provider, DateOnly From, DateOnly To, int IgnoredLines, IReadOnlyList<DriftRow> Data);

/// <param name="Model">Without the date of its snapshot; <c>*</c> where the export is not by model, which is then all models.</param>
/// <param name="Difference">Theirs less ours.</param>
/// <param name="Percent">Of theirs; null where they have nothing.</param>
internal sealed record DriftRow(string Model, string Bucket, decimal Theirs, decimal Ours, decimal Difference, decimal? Percent);

internal static partial class Drift
{
    private const string AllModels = "*";

    /// <summary>Only what the export speaks of is compared, and everything that the gateway has of it.</summary>
    public static IReadOnlyList<DriftRow> Between(IEnumerable<ExportLine> theirs, IEnumerable<ExportLine> ours)
    {
        var told = theirs.ToList();

        // An export that knows no writes has them among the input.
        var hasWrites = told.Exists(line => line.Bucket == ExportBuckets.CacheWrite5Minutes);
        var mine = ours
            .Select(line => !hasWrites && line.Bucket is (ExportBuckets.CacheWrite5Minutes or ExportBuckets.CacheWrite1Hour) ? line with { Bucket = ExportBuckets.Input } : line)
            .ToList();
        var rows = new List<DriftRow>();
        foreach (var bucket in told.GroupBy(line => line.Bucket).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var isByModel = bucket.Any(line => line.Model is not null);
            var left = Sums(bucket, isByModel);
            var right = Sums(mine.Where(line => line.Bucket == bucket.Key), isByModel);
            foreach (var model in left.Keys.Union(right.Keys))
            {
                var (their, our) = (left.GetValueOrDefault(model), right.GetValueOrDefault(model));
                rows.Add(new DriftRow(model, bucket.Key, their, our, their - our, their == 0 ? null : decimal.Round((their - our) / their * 100, 4)));
            }
        }

        return [.. rows.OrderBy(row => row.Model, StringComparer.Ordinal).ThenBy(row => row.Bucket, StringComparer.Ordinal)];
    }

    /// <summary>Calls by an alias are billed under the snapshot that it stood for: both are the model.</summary>
    public static string WithoutDate(string model) => Snapshot().Replace(model, "");

    private static Dictionary<string, decimal> Sums(IEnumerable<ExportLine> lines, bool isByModel)
        => lines.GroupBy(line => isByModel ? WithoutDate(line.Model ?? AllModels) : AllModels).ToDictionary(group => group.Key, group => group.Sum(line => line.Amount));

    [GeneratedRegex(@"(-latest|[-@](\d{4}-\d{2}-\d{2}|\d{8}))$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Snapshot();
}
