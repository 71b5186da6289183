using System.Diagnostics;
using Gateway.Contracts.Errors;
using ServiceDefaults.Telemetry;

namespace Gateway.Edge.Telemetry;

/// <summary>The asking for a key and its limits, as a span of its own where it took its time or came to a refusal.</summary>
internal static class LimitsSpan
{
    private static readonly TimeSpan WorthTelling = TimeSpan.FromMilliseconds(1);

    public static void Add(DateTimeOffset startedAt, DateTimeOffset endedAt, GatewayError? refusal)
    {
        if (!GatewayTelemetry.Source.HasListeners() || (refusal is null && endedAt - startedAt < WorthTelling))
        {
            return;
        }

        using var activity = GatewayTelemetry.Source.StartActivity("gateway.limits", ActivityKind.Internal, parentContext: default, startTime: startedAt);
        if (activity is null)
        {
            return;
        }

        activity.SetEndTime(endedAt.UtcDateTime);
        if (refusal is not null)
        {
            activity.SetTag(GenAiAttributes.ErrorType, refusal.Code);
            activity.SetStatus(ActivityStatusCode.Error);
        }
    }
}
