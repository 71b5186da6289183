using System.Diagnostics;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;
using Gateway.Edge.Pipeline;
using ServiceDefaults.Telemetry;

namespace Gateway.Edge.Telemetry;

/// <summary>What the gateway adds to ASP.NET Core's own span of a request.</summary>
internal static class RequestSpan
{
    public static void Scanned(Activity? activity, Guid callId, ClientFormat format, RequestFacts facts)
    {
        if (activity is not { IsAllDataRequested: true })
        {
            return;
        }

        activity.SetTag(GenAiAttributes.GatewayRequestId, $"req_{callId:N}");
        activity.SetTag(GenAiAttributes.GatewayApi, RequestMetrics.NameOf(format));
        activity.SetTag(GenAiAttributes.GatewayAlias, facts.Model);
    }

    public static void Identified(Activity? activity, KeyIdentity key)
    {
        if (activity is not { IsAllDataRequested: true })
        {
            return;
        }

        activity.SetTag(GenAiAttributes.GatewayKeyId, key.KeyId.ToString());
        if (key.ProjectId is { } project)
        {
            activity.SetTag(GenAiAttributes.GatewayProjectId, project.ToString());
        }
    }

    public static void Ended(Activity? activity, CallOrigin origin, DispatchEnd? end, GatewayError? error)
    {
        if (activity is not { IsAllDataRequested: true })
        {
            return;
        }

        activity.SetTag(GenAiAttributes.GatewayClientName, origin.Client);
        if (end?.Route?.Strategy is { } strategy)
        {
            activity.SetTag(GenAiAttributes.GatewayRouteStrategy, strategy);
        }

        if (end?.Cost is { } cost)
        {
            activity.SetTag(GenAiAttributes.GatewayCostUsd, (double)cost.ToUsd());
        }

        if (error is not null)
        {
            activity.SetTag(GenAiAttributes.ErrorType, error.Code);
        }
    }
}
