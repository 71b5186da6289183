namespace RoutingService.Providers.Exchanges;

/// <summary>What is sent to a provider, and how its answer is to be read.</summary>
internal sealed record UpstreamExchange(HttpRequestMessage Request, AnswerPlan Plan);
