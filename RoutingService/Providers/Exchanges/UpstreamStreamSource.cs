using RoutingService.Upstream;

namespace RoutingService.Providers.Exchanges;

/// <summary>The connection that a stream comes over; whoever reads the stream owns it.</summary>
/// <param name="Deadline">Ends the exchange when the provider is silent for too long.</param>
internal sealed record UpstreamStreamSource(
    HttpResponseMessage Response, Stream Stream, UpstreamDeadline Deadline, UpstreamOptions Limits, TimeProvider TimeProvider);
