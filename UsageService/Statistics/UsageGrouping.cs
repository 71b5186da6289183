namespace UsageService.Statistics;

/// <summary>What usage can be grouped and filtered by, besides time.</summary>
internal static class UsageGrouping
{
    public const string Day = "day";
    public const string Hour = "hour";
    public const string Tag = "tag";
    public const string Key = "key";
    public const string Project = "project";

    private static readonly Dictionary<string, Func<CallDimensions, string?>> Values = new(StringComparer.Ordinal)
    {
        [Key] = dimensions => dimensions.KeyId?.ToString(),
        [Project] = dimensions => dimensions.ProjectId?.ToString(),
        ["provider"] = dimensions => dimensions.Provider,
        ["model"] = dimensions => dimensions.UpstreamModel,
        ["alias"] = dimensions => dimensions.RequestedModel,
        ["format"] = dimensions => dimensions.Format,
        ["status"] = dimensions => $"{dimensions.StatusCode}",
        ["status_class"] = dimensions => $"{dimensions.StatusCode / 100}xx",
        ["error_type"] = dimensions => dimensions.ErrorCode,
        [Tag] = dimensions => dimensions.Tag,
        ["tier"] = dimensions => dimensions.RoutingTier,
        ["task_type"] = dimensions => dimensions.TaskType,
        ["service_tier"] = dimensions => dimensions.ServiceTier,
        ["client"] = dimensions => dimensions.Client,
    };

    private static readonly string[] Coarse = [Project, "provider", "model", "status", "status_class", Day, Hour];

    public static IReadOnlyList<string> Names { get; } = [.. Values.Keys, Day, Hour];

    /// <summary>What a filter is called: that of a key or a project has an id.</summary>
    public static IReadOnlyDictionary<string, string> Filters { get; } = Values.Keys.ToDictionary(
        name => name is Key or Project ? $"{name}_id" : name, name => name, StringComparer.Ordinal);

    /// <summary>The coarsest that has all of these.</summary>
    public static RollupKind KindOf(IEnumerable<string> names)
    {
        var kind = RollupKind.Coarse;
        foreach (var name in names)
        {
            kind = name == Tag || kind == RollupKind.Tagged ? RollupKind.Tagged : Coarse.Contains(name, StringComparer.Ordinal) ? kind : RollupKind.Full;
        }

        return kind;
    }

    public static bool IsTime(string name) => name is Day or Hour;

    public static string? ValueOf(string name, CallDimensions dimensions) => Values[name](dimensions);
}
