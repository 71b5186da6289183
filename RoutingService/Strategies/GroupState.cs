using RoutingService.Targets;

namespace RoutingService.Strategies;

/// <summary>What the strategies of one model name remember. It outlives the snapshots, by the name.</summary>
internal sealed class GroupState
{
    private long _turn = -1;

    public SmoothWeights Turns { get; } = new();

    public Rotation Rotation { get; } = new();

    public long NextTurn() => Interlocked.Increment(ref _turn);

    /// <summary>Forgets the deployments that are gone.</summary>
    public void Keep(IReadOnlySet<string> ids)
    {
        Turns.Keep(ids);
        Rotation.Keep(ids);
    }
}
