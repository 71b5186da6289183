using Gateway.Simulator.Ledger;

namespace Gateway.Simulator.Control;

/// <summary>A request that breaks its vendor's description, as <c>GET /_simulator/violations</c> shows it.</summary>
internal sealed record ViolationView(long Number, string Path, string? Protocol, IReadOnlyList<string> Violations)
{
    public static ViolationView From(ReceivedRequest request)
        => new(request.Number, request.Path, request.Protocol, [.. request.Violations.Select(violation => violation.ToString())]);
}
