using System.Collections.Concurrent;

namespace ServiceDefaults.Telemetry;

/// <summary>
/// Labels that come from outside, a few hundred of them at most: a client that makes up names must not make a time series of each.
/// </summary>
public sealed class MetricLabels(int capacity)
{
    public const string Other = "other";
    private const int MaxLength = 120;

    /// <summary>Models as they are called upstream; a client may name any.</summary>
    public static readonly MetricLabels Models = new(500);

    public static readonly MetricLabels Projects = new(1_000);

    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);

    /// <summary>The name itself while there is room for it.</summary>
    public string Bound(string? name)
    {
        if (string.IsNullOrEmpty(name) || name.Length > MaxLength)
        {
            return Other;
        }

        if (_known.TryGetValue(name, out var known))
        {
            return known;
        }

        // A few more than allowed may come in at once; they stay few.
        return _known.Count < capacity ? _known.GetOrAdd(name, name) : Other;
    }
}
