using System.Diagnostics;
using System.Diagnostics.Metrics;
using RoutingService.Providers;
using RoutingService.Routes;
using ServiceDefaults.Telemetry;

namespace RoutingService.Dispatching;

/// <summary>What became of attempts, by words that nobody outside chooses: no model, no code of a vendor's.</summary>
internal static class RoutingMetrics
{
    private static readonly Counter<long> Attempts = GatewayTelemetry.Meter.CreateCounter<long>(
        "gateway.routing.attempts", "{attempt}", "Attempts at targets, by provider, reason and outcome.");

    private static readonly Counter<long> Fallbacks = GatewayTelemetry.Meter.CreateCounter<long>(
        "gateway.routing.fallbacks", "{fallback}", "Other models that calls turned to, by the kind of failure.");

    private static readonly Counter<long> UnpricedAttempts = GatewayTelemetry.Meter.CreateCounter<long>(
        "gateway.unpriced", "{attempt}", "Attempts for which no price was known, by provider.");

    public static void Failed(Attempt attempt, UpstreamBlame blame) => Add(attempt, blame.ToString());

    /// <param name="broken">Why an answer that had begun broke off; null where it did not.</param>
    public static void Ended(Attempt attempt, UpstreamBlame? broken) => Add(attempt, broken is null ? "Answered" : "Broken");

    public static void Unpriced(Attempt attempt)
    {
        if (UnpricedAttempts.Enabled)
        {
            UnpricedAttempts.Add(1, new KeyValuePair<string, object?>(GenAiAttributes.ProviderName, attempt.Deployment.Provider.Name));
        }
    }

    public static void TurnedTo(FallbackKind kind)
    {
        if (Fallbacks.Enabled)
        {
            Fallbacks.Add(1, new KeyValuePair<string, object?>("gateway.fallback.kind", kind.ToString()));
        }
    }

    private static void Add(Attempt attempt, string outcome)
    {
        if (Attempts.Enabled)
        {
            Attempts.Add(1, new TagList
            {
                { GenAiAttributes.ProviderName, attempt.Deployment.Provider.Name },
                { GenAiAttributes.GatewayAttemptReason, attempt.Reason },
                { "gateway.attempt.outcome", outcome },
            });
        }
    }
}
