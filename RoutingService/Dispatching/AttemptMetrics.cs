using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using RoutingService.Providers;
using RoutingService.Routes;
using RoutingService.Targets;
using ServiceDefaults.Telemetry;

namespace RoutingService.Dispatching;

/// <summary>
/// The gateway as a client of providers: a measurement for each attempt, in words that nobody outside chooses. A model's name is a client's
/// where it is named directly, and so bounded.
/// </summary>
internal static class AttemptMetrics
{
    private const string InputTokens = "input";
    private const string OutputTokens = "output";

    private static readonly Histogram<double> Duration = GatewayTelemetry.Meter.CreateHistogram(
        "gen_ai.client.operation.duration", "s", "Attempts at providers, from sent to the last byte.", tags: null, MetricBuckets.Duration);

    private static readonly Histogram<long> Tokens = GatewayTelemetry.Meter.CreateHistogram(
        "gen_ai.client.token.usage", "{token}", "Tokens that providers reported.", tags: null, MetricBuckets.Tokens);

    private static readonly Histogram<double> FirstChunk = GatewayTelemetry.Meter.CreateHistogram(
        "gen_ai.client.operation.time_to_first_chunk", "s", "Streamed attempts, from sent to the first piece.", tags: null, MetricBuckets.Duration);

    private static readonly Histogram<double> NextChunk = GatewayTelemetry.Meter.CreateHistogram(
        "gen_ai.client.operation.time_per_output_chunk", "s", "Streamed attempts, between one piece and the next.", tags: null, MetricBuckets.Duration);

    private static readonly Counter<long> Attempts = GatewayTelemetry.Meter.CreateCounter<long>(
        "gateway.attempts", "{attempt}", "Attempts at targets.");

    private static readonly Counter<long> Fallbacks = GatewayTelemetry.Meter.CreateCounter<long>(
        "gateway.routing.fallbacks", "{fallback}", "Other models that calls turned to, by the kind of failure.");

    private static readonly Counter<long> UnpricedAttempts = GatewayTelemetry.Meter.CreateCounter<long>(
        "gateway.unpriced", "{attempt}", "Attempts for which no price was known, by provider.");

    public static bool MeasuresChunks => FirstChunk.Enabled || NextChunk.Enabled;

    /// <param name="error">Null for one that went well.</param>
    public static void Ended(Attempt attempt, CallOperation operation, in TokenUsage usage, UsageSource source, UpstreamFailure? error)
    {
        if (!Duration.Enabled && !Attempts.Enabled)
        {
            return;
        }

        var deployment = attempt.Deployment;
        var errorType = error is null ? null : ErrorType(error);
        Attempts.Add(1, new TagList
        {
            { GenAiAttributes.ProviderName, deployment.Provider.Kind },
            { GenAiAttributes.GatewayProvider, deployment.Provider.Name },
            { GenAiAttributes.RequestModel, MetricLabels.Models.Bound(deployment.Model) },
            { GenAiAttributes.GatewayAttemptReason, attempt.Reason },
            { GenAiAttributes.ErrorType, errorType ?? "" },
        });

        var tags = TagsOf(deployment, operation);
        if (source is UsageSource.Provider or UsageSource.Partial)
        {
            Add(tags, InputTokens, usage.TotalInput);
            Add(tags, OutputTokens, usage.TotalOutput);
        }

        if (errorType is not null)
        {
            tags.Add(GenAiAttributes.ErrorType, errorType);
        }

        Duration.Record(attempt.ElapsedMs / 1000, tags);
    }

    public static void Chunk(Attempt attempt, CallOperation operation, double seconds, bool isFirst)
        => (isFirst ? FirstChunk : NextChunk).Record(seconds, TagsOf(attempt.Deployment, operation));

    public static void TurnedTo(FallbackKind kind)
    {
        if (Fallbacks.Enabled)
        {
            Fallbacks.Add(1, new KeyValuePair<string, object?>("gateway.fallback.kind", kind.ToString()));
        }
    }

    public static void Unpriced(Attempt attempt)
    {
        if (UnpricedAttempts.Enabled)
        {
            UnpricedAttempts.Add(1, new KeyValuePair<string, object?>(GenAiAttributes.GatewayProvider, attempt.Deployment.Provider.Name));
        }
    }

    /// <summary>A status that was received, else one word of a short list: no message, no code of a vendor's.</summary>
    public static string ErrorType(UpstreamFailure failure) => failure switch
    {
        { Error.Kind: GatewayErrorKind.ClientLeft } => "cancelled",
        { Blame: UpstreamBlame.Timeout } => "timeout",
        { Blame: UpstreamBlame.ContentPolicy } => "content_filter",
        { Status: { } status } when status >= 400 => status.ToString(CultureInfo.InvariantCulture),
        { Phase: UpstreamPhase.Prepare } => "not_sent",
        { Phase: UpstreamPhase.Connect } => "connection_failed",
        _ => "broken_answer",
    };

    private static void Add(TagList tags, string type, long count)
    {
        tags.Add(GenAiAttributes.TokenType, type);
        Tokens.Record(count, tags);
    }

    private static TagList TagsOf(Deployment deployment, CallOperation operation)
    {
        var provider = deployment.Provider;
        var tags = new TagList
        {
            { GenAiAttributes.OperationName, GenAiOperation.NameOf(operation) },
            { GenAiAttributes.ProviderName, provider.Kind },
            { GenAiAttributes.RequestModel, MetricLabels.Models.Bound(deployment.Model) },
        };
        if (provider.BaseUrl is { } url)
        {
            tags.Add(GenAiAttributes.ServerAddress, url.Host);
            tags.Add(GenAiAttributes.ServerPort, provider.Port);
        }

        return tags;
    }
}
