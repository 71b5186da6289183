using RoutingService.Prices;

namespace RoutingService.Strategies;

/// <summary>What a strategy may want to know of the call and of the group.</summary>
/// <param name="Group">What is remembered from call to call.</param>
/// <param name="Body">The client's request, of which some look at the beginning.</param>
/// <param name="EstimatedTokens">Of the request and its answer.</param>
internal readonly record struct Choice(GroupState Group, PriceBook Prices, ReadOnlyMemory<byte> Body, long EstimatedTokens);
