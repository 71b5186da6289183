using Bench.Speed.Load;
using Bench.Speed.Targets;

namespace Bench.Speed.Running;

/// <summary>One scenario and who takes part in it.</summary>
internal sealed record Step(Workload Workload, IReadOnlyList<Traffic> Traffic)
{
    private static readonly Traffic[] OfChat = [new(ClientFormat.Chat, Translated: false), new(ClientFormat.Chat, Translated: true)];

    private static readonly Traffic[] PassedThrough = [.. Load.Traffic.All.Where(traffic => !traffic.Translated)];

    private static readonly string[] Gateways = [Names.Forwarder, Names.Standalone, Names.Services];

    /// <summary>Names of targets that this is about; null for all.</summary>
    public IReadOnlyList<string>? Only { get; init; }

    /// <summary>
    /// Memory that an earlier load has left behind would hide what a stream needs: the target begins anew.
    /// </summary>
    public bool BeginsAnew { get; init; }

    /// <summary>The streams come first: what their restart takes away is memory that the later scenarios are to show.</summary>
    public static IReadOnlyList<Step> Plan(RunOptions options)
    {
        IReadOnlyList<Step> all = options.Quick
            ? [
                new(Workload.OpenStreams(1000, 100), OfChat) { BeginsAnew = true, Only = [Names.Forwarder, Names.Standalone] },
                new(Workload.OpenStreams(1000, 100), [OfChat[0]]) { BeginsAnew = true, Only = [Names.Services] },
                new(Workload.Calls(64), OfChat),
                new(Workload.Calls(64), [.. Load.Traffic.All.Except(OfChat)]) { Only = [Names.Forwarder, Names.Standalone] },
                new(Workload.Streams(64), OfChat) { Only = Gateways },
                new(Workload.LargePrompts(16), [OfChat[0]]) { Only = Gateways },
                new(Workload.AtRate(500), [OfChat[0]]) { Only = [Names.Direct, .. Gateways] },
            ]
            : options.Goals ? [
                new(Workload.OpenStreams(1000, 100), Load.Traffic.All) { BeginsAnew = true, Only = Gateways },
                new(Workload.Calls(64), Load.Traffic.All),
                new(Workload.Streams(64), Load.Traffic.All) { Only = Gateways },
                new(Workload.LargePrompts(16), PassedThrough) { Only = Gateways },
                new(Workload.AtRate(500), PassedThrough) { Only = [Names.Direct, .. Gateways] },
            ]
            : [
                new(Workload.OpenStreams(1000, 100), Load.Traffic.All) { BeginsAnew = true },
                new(Workload.Calls(1), Load.Traffic.All),
                new(Workload.Calls(16), Load.Traffic.All),
                new(Workload.Calls(64), Load.Traffic.All),
                new(Workload.Calls(256), Load.Traffic.All),
                new(Workload.CallsByWrk(64), File.Exists(WrkLoad.Program) ? OfChat : []),
                new(Workload.Streams(16), Load.Traffic.All),
                new(Workload.Streams(64), Load.Traffic.All),
                new(Workload.LargePrompts(16), Load.Traffic.All),
                new(Workload.AtRate(500), Load.Traffic.All),
                new(Workload.AtRate(5000), Load.Traffic.All) { Only = [Names.Direct, Names.Nginx, Names.Forwarder, Names.Standalone, Names.Services] },
            ];

        // What is watched is compiled anew by each process, and is not to be watched at that.
        return [.. all.Where(step => options.Includes(step.Workload)).Select(step => options.Profile ? step with { BeginsAnew = false } : step)];
    }

    /// <summary>Five thousand streams, a second between two chunks: whether they stay open and whole.</summary>
    public static Step ManyStreams { get; } = new(Workload.OpenStreams(5000, 1000), [OfChat[0]]) { Only = [Names.Standalone, Names.Services] };

    public bool Includes(Target target, Traffic traffic)
        => Only?.Contains(target.Name, StringComparer.Ordinal) != false
            && (target.IsMeasured || Workload.Kind == LoadKind.Rate)
            && (target.Name != Names.Bare || traffic.Format == ClientFormat.Chat)
            && target.Take(traffic, Workload) is not null;
}
