using Gateway.Contracts.Usage;
using RoutingService.Targets;

namespace RoutingService.Strategies;

/// <summary>The cheapest for this call; those without a price come last, for unknown is not free.</summary>
internal sealed class LowestCost : IStrategy
{
    /// <summary>What tells input from output: only their sum is estimated.</summary>
    private const int BytesPerToken = 4;

    public string Name => "lowest_cost";

    public int Choose(ReadOnlySpan<Deployment> candidates, in Choice choice) => Lowest.Weighted(candidates, choice, Cost);

    private static long Cost(Deployment candidate, in Choice choice)
    {
        // Without an estimate a token of each is compared.
        var tokens = Math.Max(2, choice.EstimatedTokens);
        var input = Math.Clamp(choice.Body.Length / BytesPerToken, 1, tokens - 1);
        var usage = new TokenUsage { Input = input, Output = tokens - input };
        return choice.Prices.Cost(candidate, usage)?.Value ?? long.MaxValue;
    }
}
