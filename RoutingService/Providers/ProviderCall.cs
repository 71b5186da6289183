using Gateway.Contracts.Routing;
using RoutingService.Snapshots;

namespace RoutingService.Providers;

/// <summary>One attempt: a client's request and the target that it goes to.</summary>
internal sealed record ProviderCall(DispatchRequest Request, ReadOnlyMemory<byte> Body, Target Target);
