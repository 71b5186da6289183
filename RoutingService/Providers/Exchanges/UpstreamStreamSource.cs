namespace RoutingService.Providers.Exchanges;

/// <summary>The connection that a stream comes over; whoever reads the stream owns it.</summary>
/// <param name="Deadline">Ends the exchange when the provider is silent for too long.</param>
/// <param name="Idle">Between two pieces.</param>
internal sealed record UpstreamStreamSource(
    HttpResponseMessage Response, Stream Stream, CancellationTokenSource Deadline, TimeSpan Idle, TimeProvider TimeProvider);
