using System.Globalization;
using Bench.Speed.Load;

namespace Bench.Speed.Running;

/// <summary>How much is measured.</summary>
internal sealed class RunOptions
{
    public bool Quick { get; private init; }

    /// <summary>No more than the goals are about.</summary>
    public bool Goals { get; private init; }

    public int Rounds { get; private init; } = 3;

    public TimeSpan Duration { get; private init; } = TimeSpan.FromSeconds(5);

    /// <summary>Of one piece of the time before a measurement; there are two at least.</summary>
    public TimeSpan WarmUp { get; private init; } = TimeSpan.FromSeconds(2);

    public TimeSpan LongestWarmUp { get; private init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a target may take to settle what a load has left behind.</summary>
    public TimeSpan Settling { get; private init; } = TimeSpan.FromSeconds(20);

    public TimeSpan Idle { get; private init; } = TimeSpan.FromSeconds(10);

    public TimeSpan Soak { get; private init; } = TimeSpan.FromMinutes(10);

    /// <summary>Where the gateways' time goes, in place of how much it is: they are compiled anew, and watched.</summary>
    public bool Profile { get; private init; }

    /// <summary>Beginnings of the names of scenarios; empty for all.</summary>
    public IReadOnlyList<string> Scenarios { get; private init; } = [];

    /// <summary>Names of formats, of the client's or as <c>Chat → Anthropic</c>; empty for all.</summary>
    public IReadOnlyList<string> Formats { get; private init; } = [];

    /// <summary>Names of targets; empty for all.</summary>
    public IReadOnlyList<string> Targets { get; private init; } = [];

    public bool Includes(Workload workload) => Scenarios.Count == 0 || Scenarios.Any(name => workload.Name.StartsWith(name, StringComparison.Ordinal));

    public bool Includes(Traffic traffic) => Formats.Count == 0 || Formats.Contains(traffic.ToString(), StringComparer.OrdinalIgnoreCase);

    public static RunOptions Parse(string[] options)
    {
        var quick = options.Contains("--quick", StringComparer.Ordinal);
        var goals = options.Contains("--goals", StringComparer.Ordinal);
        var profile = options.Contains("--profile", StringComparer.Ordinal);
        var scenarios = Values("--only");
        var formats = Values("--formats");
        return new RunOptions
        {
            Quick = quick,
            Goals = goals || profile,
            Profile = profile,
            Rounds = (int)Number("--rounds", quick || goals || profile ? 1 : 3),
            Duration = TimeSpan.FromSeconds(Number("--seconds", quick ? 1 : goals ? 2 : profile ? 8 : 5)),
            WarmUp = TimeSpan.FromSeconds(quick ? 0.5 : goals ? 1 : 2),
            LongestWarmUp = TimeSpan.FromSeconds(quick ? 3 : goals ? 20 : 60),
            Settling = TimeSpan.FromSeconds(quick ? 4 : goals ? 8 : 20),
            Idle = TimeSpan.FromSeconds(quick ? 3 : goals ? 5 : 10),
            Soak = TimeSpan.FromMinutes(Number("--soak", quick || profile || scenarios.Count > 0 ? 0 : 10)),
            Scenarios = scenarios,
            Formats = profile && formats.Count == 0 ? ["Chat", "Chat → Anthropic"] : formats,
            Targets = Values("--targets"),
        };

        double Number(string name, double otherwise) => Values(name) is [var value, ..] ? double.Parse(value, CultureInfo.InvariantCulture) : otherwise;

        IReadOnlyList<string> Values(string name)
            => [.. options.Zip(options.Skip(1)).Where(pair => pair.First == name).SelectMany(pair => pair.Second.Split(','))];
    }
}
