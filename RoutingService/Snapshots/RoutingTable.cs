namespace RoutingService.Snapshots;

/// <summary>Holds the snapshot that new calls begin with.</summary>
internal sealed class RoutingTable
{
    private RoutingSnapshot _current = RoutingSnapshot.Empty;

    public RoutingSnapshot Current
    {
        get => Volatile.Read(ref _current);
        set => Volatile.Write(ref _current, value);
    }
}
