namespace RoutingService.Upstream;

/// <summary>What a target is given in seconds, where it is not what <see cref="UpstreamOptions"/> gives to all; null takes theirs.</summary>
/// <param name="Headers">Of a stream: until its status is there.</param>
/// <param name="FirstEvent">Of a stream: from its status to its first event.</param>
/// <param name="Idle">Of a stream: between two pieces.</param>
/// <param name="WholeAnswer">Of an answer that is no stream.</param>
/// <param name="Total">Of the whole exchange, stream or not.</param>
internal sealed record UpstreamTimeouts(
    double? Headers = null, double? FirstEvent = null, double? Idle = null, double? WholeAnswer = null, double? Total = null);
