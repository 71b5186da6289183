using System.Globalization;

namespace UsageService.Statistics;

/// <summary>The sums of a query's groups.</summary>
internal sealed class UsageReport
{
    public const int MaxGroups = 10_000;

    private readonly UsageQuery _query;
    private readonly Dictionary<(long Time, int Values), UsageSums> _groups = [];

    /// <summary>By the dimensions' id, where in <see cref="_values"/> theirs are; null for what is not asked for.</summary>
    private readonly Dictionary<long, int?> _ofDimensions = [];
    private readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);
    private readonly List<string?[]> _values = [];
    private readonly Dictionary<string, (long Dimensions, string Name)> _names = new(StringComparer.Ordinal);
    private readonly UsageSums _totals = new();

    private UsageReport(UsageQuery query) => _query = query;

    /// <summary>There are more than <see cref="MaxGroups"/>; the rest is not there.</summary>
    public bool IsTooLarge { get; private set; }

    public static async Task<UsageReport> ReadAsync(StatisticsReader reader, UsageQuery query, CancellationToken cancellationToken)
    {
        var report = new UsageReport(query);
        await reader.FoldAsync(query.Kind, query.From, query.To, query.ByHour, report.Find, cancellationToken);
        if (query.HasOtherTotals)
        {
            await reader.FoldAsync(
                UsageGrouping.KindOf(query.Filters.Keys),
                query.From,
                query.To,
                byHour: false,
                (_, dimensions) => query.Matches(dimensions) ? report._totals : null,
                cancellationToken);
        }

        return report;
    }

    public UsageList ToView()
    {
        if (!_query.HasOtherTotals)
        {
            foreach (var sums in _groups.Values)
            {
                _totals.Add(sums);
            }
        }

        var isOfTime = _query.ByHour || _query.ByDay;
        var rows = _groups.Select(group => ToRow(group.Key.Time, _values[group.Key.Values], group.Value));
        return new UsageList(
            Rollup.TimeOf(_query.From),
            Rollup.TimeOf(_query.To),
            _query.GroupBy,
            [
                .. isOfTime
                    ? rows.OrderBy(row => row.Groups[_query.ByHour ? UsageGrouping.Hour : UsageGrouping.Day], StringComparer.Ordinal)
                        .ThenByDescending(row => row.Usage.Cost).ThenByDescending(row => row.Usage.Requests).ThenBy(row => row.Group, StringComparer.Ordinal)
                    : rows.OrderByDescending(row => row.Usage.Cost).ThenByDescending(row => row.Usage.Requests).ThenBy(row => row.Group, StringComparer.Ordinal),
            ],
            UsageView.From(_totals));
    }

    private UsageSums? Find(long hour, CallDimensions dimensions)
    {
        if (ValuesOf(dimensions) is not { } values)
        {
            return null;
        }

        var time = _query.ByHour ? hour : _query.ByDay ? hour - (hour % 24) : 0;
        if (_groups.TryGetValue((time, values), out var found))
        {
            return found;
        }

        if (_groups.Count == MaxGroups)
        {
            IsTooLarge = true;
            return null;
        }

        var sums = new UsageSums();
        _groups.Add((time, values), sums);
        return sums;
    }

    private int? ValuesOf(CallDimensions dimensions)
    {
        if (_ofDimensions.TryGetValue(dimensions.Id, out var known))
        {
            return known;
        }

        int? index = null;
        if (_query.Matches(dimensions))
        {
            string?[] values = [.. _query.GroupBy.Where(name => !UsageGrouping.IsTime(name)).Select(name => UsageGrouping.ValueOf(name, dimensions))];
            var text = string.Join('\n', values.Select(value => value is null ? "" : $"={value}"));
            if (!_indexes.TryGetValue(text, out var same))
            {
                _indexes.Add(text, same = _values.Count);
                _values.Add(values);
            }

            index = same;
            Name(dimensions.KeyId, dimensions.KeyName, dimensions.Id);
            Name(dimensions.ProjectId, dimensions.ProjectName, dimensions.Id);
        }

        _ofDimensions.Add(dimensions.Id, index);
        return index;
    }

    private void Name(Guid? id, string? name, long dimensions)
    {
        // The newest name.
        if (id?.ToString() is { } text && name is not null && (!_names.TryGetValue(text, out var known) || known.Dimensions < dimensions))
        {
            _names[text] = (dimensions, name);
        }
    }

    private UsageRow ToRow(long time, string?[] values, UsageSums sums)
    {
        var groups = new Dictionary<string, string?>(StringComparer.Ordinal);
        var next = 0;
        foreach (var name in _query.GroupBy)
        {
            groups[name] = name switch
            {
                UsageGrouping.Day => Rollup.TimeOf(time).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                UsageGrouping.Hour => Rollup.TimeOf(time).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                _ => values[next++],
            };
        }

        var names = _query.GroupBy.Where(name => name is UsageGrouping.Key or UsageGrouping.Project)
            .Select(name => groups[name] is { } id && _names.TryGetValue(id, out var known) ? known.Name : null).ToList();
        return new UsageRow(
            groups.Count == 1 ? groups.Values.First() : string.Join(',', groups.Values), groups, names is [var single, ..] ? single : null, UsageView.From(sums));
    }
}
