using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using KeyService.Ledger.Core;

namespace KeyService.Ledger;

/// <summary>Says who limited a call and when to come back.</summary>
internal static class Refusals
{
    public static GatewayError ToError(LimitRefusal refusal)
    {
        var owner = refusal.Scope.Kind switch
        {
            ScopeKind.Project => "this key's project",
            ScopeKind.KeyModel => $"this key for model '{refusal.Scope.Model}'",
            _ => "this key",
        };
        return refusal.Kind switch
        {
            LimitKind.Budget => BudgetExceeded($"The gateway budget of {owner} is used up (${new NanoUsd(refusal.Limit)}).", refusal.RetryAfter),
            LimitKind.UnknownPrice => new GatewayError(
                GatewayErrorKind.NotAllowed, "price_unknown", $"The model has no price, and {owner} has a budget: the call cannot be held against it.")
            {
                Param = "model",
                ShouldRetry = false,
            },
            LimitKind.Parallel => RateLimited($"The gateway limit of {owner}, {refusal.Limit} calls at once, is reached.", refusal.RetryAfter),
            _ => RateLimited($"The gateway limit of {owner}, {refusal.Limit} {Unit(refusal.Kind)}, is reached.", refusal.RetryAfter),
        };
    }

    private static GatewayError BudgetExceeded(string message, TimeSpan? retryAfter)
        => new(GatewayErrorKind.BudgetExceeded, "budget_exceeded", message) { RetryAfter = retryAfter, ShouldRetry = false };

    private static GatewayError RateLimited(string message, TimeSpan? retryAfter)
        => new(GatewayErrorKind.RateLimited, "rate_limit_exceeded", message) { RetryAfter = retryAfter };

    private static string Unit(LimitKind kind) => kind switch
    {
        LimitKind.RequestsPerMinute => "requests per minute",
        LimitKind.TokensPerMinute => "tokens per minute",
        LimitKind.RequestsPerDay => "requests per day",
        _ => "tokens per day",
    };
}
