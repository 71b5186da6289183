using System.Diagnostics;
using System.Diagnostics.Metrics;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using Gateway.Edge.Pipeline;
using ServiceDefaults.Telemetry;

namespace Gateway.Edge.Telemetry;

/// <summary>The gateway as its clients see it: a measurement for each call, retries and fallbacks included.</summary>
internal static class RequestMetrics
{
    private static readonly Histogram<double> Duration = GatewayTelemetry.Meter.CreateHistogram(
        "gen_ai.server.request.duration", "s", "Calls, from received to the last byte.", tags: null, MetricBuckets.Duration);

    private static readonly Histogram<double> FirstToken = GatewayTelemetry.Meter.CreateHistogram(
        "gen_ai.server.time_to_first_token", "s", "Calls that went well, from received to the first byte of the answer.", tags: null, MetricBuckets.FirstToken);

    private static readonly Histogram<double> PerOutputToken = GatewayTelemetry.Meter.CreateHistogram(
        "gen_ai.server.time_per_output_token", "s", "Streams that went well, between one token and the next.", tags: null, MetricBuckets.PerOutputToken);

    private static readonly Histogram<double> Overhead = GatewayTelemetry.Meter.CreateHistogram(
        "gateway.overhead.duration", "s", "The gateway's own time before the first byte of an answer.", tags: null, MetricBuckets.Overhead);

    private static readonly Counter<double> Cost = GatewayTelemetry.Meter.CreateCounter<double>(
        "gateway.cost", "{USD}", "What calls cost. An approximation for charts: the books have it to the nano-dollar.");

    public static void Ended(CallInProgress call, RequestFacts? facts, DispatchHead? head, DispatchEnd? end, GatewayError? error, double? firstByteMs)
    {
        if (!Duration.Enabled && !Cost.Enabled)
        {
            return;
        }

        if (head is null)
        {
            // Refused before it was given to anybody: the ledger counts what it refuses.
            return;
        }

        var tags = TagsOf(call, head);
        if (error is null)
        {
            MeasureTokens(call, facts, end, firstByteMs, tags);
        }

        Overhead.Record(call.OverheadMs / 1000, new KeyValuePair<string, object?>(GenAiAttributes.GatewayApi, NameOf(call.Format)));
        CountCost(call, head, end);
        if (error is not null)
        {
            tags.Add(GenAiAttributes.ErrorType, ErrorType(error));
        }

        Duration.Record(call.ElapsedMs / 1000, tags);
    }

    public static string NameOf(ClientFormat format) => format switch
    {
        ClientFormat.Responses => "responses",
        ClientFormat.Messages => "messages",
        _ => "chat",
    };

    private static void MeasureTokens(CallInProgress call, RequestFacts? facts, DispatchEnd? end, double? firstByteMs, in TagList tags)
    {
        if (firstByteMs is not { } first)
        {
            return;
        }

        FirstToken.Record(first / 1000, tags);
        if (facts is { Stream: true } && end is { Usage.TotalOutput: > 1 and var tokens })
        {
            PerOutputToken.Record((call.ElapsedMs - first) / 1000 / (tokens - 1), tags);
        }
    }

    private static void CountCost(CallInProgress call, DispatchHead head, DispatchEnd? end)
    {
        if (end is null or { UsageSource: UsageSource.None } || end.Cost is not { } cost)
        {
            return;
        }

        var tags = new TagList
        {
            { GenAiAttributes.ProviderName, head.ProviderKind },
            { GenAiAttributes.RequestModel, MetricLabels.Models.Bound(head.UpstreamModel) },
        };
        if (call.Key?.ProjectId is { } project)
        {
            tags.Add(GenAiAttributes.GatewayProjectId, MetricLabels.Projects.Bound(project.ToString()));
        }

        Cost.Add((double)cost.ToUsd(), tags);
    }

    private static TagList TagsOf(CallInProgress call, DispatchHead head)
    {
        var tags = new TagList { { GenAiAttributes.OperationName, GenAiOperation.NameOf(call.Operation) } };
        if (head.ProviderKind is { } kind)
        {
            tags.Add(GenAiAttributes.ProviderName, kind);
            tags.Add(GenAiAttributes.RequestModel, MetricLabels.Models.Bound(head.UpstreamModel));
        }

        return tags;
    }

    /// <summary>The kind alone: a code may be a provider's own word.</summary>
    private static string ErrorType(GatewayError error) => error.Kind switch
    {
        GatewayErrorKind.ClientLeft => "cancelled",
        GatewayErrorKind.UpstreamTimeout => "timeout",
        GatewayErrorKind.UpstreamRateLimited => "429",
        GatewayErrorKind.UpstreamRejected => "rejected",
        GatewayErrorKind.UpstreamFailed => "upstream_failed",
        GatewayErrorKind.BudgetExceeded => "budget",
        GatewayErrorKind.Unavailable => "unavailable",
        GatewayErrorKind.Internal => "internal_error",
        _ => "bad_request",
    };
}
