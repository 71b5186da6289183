using Gateway.Contracts.Errors;

namespace RoutingService.Automatic;

/// <summary>
/// Which entry of a route an output of a classifier means. By name wherever the outputs have names: an entry that is added or moved must not
/// shift the others in silence.
/// </summary>
internal static class LabelOrder
{
    private static readonly IReadOnlyList<string>[] Known = [TaskTypes.All, TaskTypes.Dimensions];

    /// <summary>A <see cref="GatewayErrorException"/> when the route does not fit the classifier.</summary>
    public static LabelledModel Find(AutomaticRoute route, IReadOnlyDictionary<string, List<string>> configured, int index, int count)
    {
        var labels = OrderOf(route, configured);
        if (labels.Count != count)
        {
            throw Misconfigured($"has {count} outputs, and {labels.Count} labels are configured for it.");
        }

        var entries = route.Labels.ToDictionary(entry => Normalize(entry.Label), StringComparer.Ordinal);
        var missing = labels.FirstOrDefault(label => !entries.ContainsKey(Normalize(label)));
        if (missing is not null || entries.Count != labels.Count)
        {
            throw Misconfigured(missing is not null
                ? $"has the label '{missing}', for which the alias names no model."
                : $"has {labels.Count} labels, and the alias names models for {entries.Count}.");
        }

        return entries[Normalize(labels[index])];
    }

    /// <summary>Labels are compared without regard to case, hyphens and underscores.</summary>
    public static string Normalize(string label) => label.Trim().Replace('-', ' ').Replace('_', ' ').ToUpperInvariant();

    private static IReadOnlyList<string> OrderOf(AutomaticRoute route, IReadOnlyDictionary<string, List<string>> configured)
    {
        if (configured.TryGetValue(route.ClassifierModel!, out var labels))
        {
            return labels;
        }

        var own = route.Labels.Select(entry => entry.Label).ToList();
        var names = own.Select(Normalize).ToHashSet(StringComparer.Ordinal);
        return Array.Find(Known, known => known.Count == own.Count && known.All(label => names.Contains(Normalize(label)))) ?? own;
    }

    private static GatewayErrorException Misconfigured(string what)
        => new(new GatewayError(GatewayErrorKind.Internal, "classifier_misconfigured", $"The classifier of this model alias {what}") { ShouldRetry = false });
}
