using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;

namespace RoutingService.Dispatching;

/// <summary>No answer, and why.</summary>
internal sealed class RefusedDispatch(DispatchHead head, RouteTrace? route, IReadOnlyList<AttemptRecord> attempts) : Dispatch
{
    public override DispatchHead Head => head;

    public override DispatchEnd? End { get; } = new() { Error = head.Error, Route = route, Attempts = attempts };

    public override ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken) => default;

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
