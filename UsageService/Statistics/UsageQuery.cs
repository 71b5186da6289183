using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults.Http;

namespace UsageService.Statistics;

/// <summary>A span of whole hours, which of its calls, and what they are to be added up by.</summary>
internal sealed record UsageQuery(long From, long To, IReadOnlyList<string> GroupBy, IReadOnlyDictionary<string, string> Filters)
{
    private const int DefaultDays = 30;
    private const int MaxGroupings = 4;

    public bool ByHour => GroupBy.Contains(UsageGrouping.Hour, StringComparer.Ordinal);

    public bool ByDay => GroupBy.Contains(UsageGrouping.Day, StringComparer.Ordinal);

    public RollupKind Kind => UsageGrouping.KindOf([.. GroupBy, .. Filters.Keys]);

    /// <summary>A call has several tags, or none: the sum over them is not that over the calls.</summary>
    public bool HasOtherTotals => Kind == RollupKind.Tagged && !Filters.ContainsKey(UsageGrouping.Tag);

    public static UsageQuery? Read(PageQuery query, DateTime now, out ProblemHttpResult? problem)
    {
        query.Only(["from", "to", "group_by", .. UsageGrouping.Filters.Keys]);
        var to = query.Time("to") ?? now.AddTicks(1);
        var from = query.Time("from") ?? to.Date.AddDays(-DefaultDays);
        if (from >= to)
        {
            query.Fault("from", "Before 'to'.");
        }

        var groupBy = (query.Text("group_by") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (groupBy.Any(name => !UsageGrouping.Names.Contains(name, StringComparer.Ordinal)))
        {
            query.Fault("group_by", $"Some of {string.Join(", ", UsageGrouping.Names)}, with commas between them.");
        }
        else if (groupBy.Length > MaxGroupings || groupBy.Distinct(StringComparer.Ordinal).Count() < groupBy.Length || groupBy.Count(UsageGrouping.IsTime) > 1)
        {
            query.Fault("group_by", $"At most {MaxGroupings}, each once, and one of day and hour.");
        }

        query.Id("key_id");
        query.Id("project_id");
        query.Choice("format", "chat", "responses", "messages");
        query.Whole("status", 100, 599);
        query.Choice("status_class", "1xx", "2xx", "3xx", "4xx", "5xx");
        var filters = UsageGrouping.Filters.Where(filter => query.Text(filter.Key) is not null)
            .ToDictionary(filter => filter.Value, filter => Normalize(filter.Value, query.Text(filter.Key)!), StringComparer.Ordinal);
        if (query.OwnProject?.ToString() is { } own)
        {
            // Of another project there is nothing: no call is of the one with the id of zeros.
            filters[UsageGrouping.Project] = filters.GetValueOrDefault(UsageGrouping.Project, own) == own ? own : Guid.Empty.ToString();
        }

        problem = query.Problem();
        return problem is null ? new UsageQuery(Rollup.HourOf(from), Rollup.HourOf(to.AddHours(1).AddTicks(-1)), groupBy, filters) : null;
    }

    public bool Matches(CallDimensions dimensions)
        => Filters.All(filter => string.Equals(UsageGrouping.ValueOf(filter.Key, dimensions), filter.Value, StringComparison.Ordinal));

    private static string Normalize(string name, string value)
        => name is UsageGrouping.Key or UsageGrouping.Project && Guid.TryParse(value, out var id) ? id.ToString() : value;
}
