using System.Diagnostics;
using Gateway.Contracts;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using RoutingService.Providers;
using ServiceDefaults.Telemetry;

namespace RoutingService.Dispatching;

/// <summary>The CLIENT span of one attempt, as the conventions for generative AI name it.</summary>
internal static class AttemptSpan
{
    public static Activity? Start(Attempt attempt, string reason, DispatchRequest request, ReadOnlyMemory<byte> body)
    {
        if (!GatewayTelemetry.Source.HasListeners() || Activity.Current is { IsAllDataRequested: false })
        {
            return null;
        }

        var (provider, model) = (attempt.Deployment.Provider, attempt.Deployment.Model);

        // What samplers may want to see is there from the start.
        var tags = new ActivityTagsCollection
        {
            [GenAiAttributes.OperationName] = GenAiOperation.NameOf(request.Operation),
            [GenAiAttributes.ProviderName] = provider.Kind,
            [GenAiAttributes.GatewayProvider] = provider.Name,
            [GenAiAttributes.RequestModel] = model,
        };
        if (provider.BaseUrl is { } url)
        {
            tags[GenAiAttributes.ServerAddress] = url.Host;
            tags[GenAiAttributes.ServerPort] = url.Port;
        }

        if (request.Facts.Stream)
        {
            tags[GenAiAttributes.RequestStream] = true;
        }

        if (request.Facts.MaxOutputTokens is { } cap)
        {
            tags[GenAiAttributes.RequestMaxTokens] = cap;
        }

        tags[GenAiAttributes.GatewayAttemptNumber] = attempt.Number;
        tags[GenAiAttributes.GatewayAttemptReason] = reason;
        var activity = GatewayTelemetry.Source.StartActivity(
            $"{GenAiOperation.NameOf(request.Operation)} {model}", ActivityKind.Client, parentContext: default, tags);
        if (activity is { IsAllDataRequested: true })
        {
            RequestParameters.Tag(activity, body.Span);
            if (provider.Adapter.Type is "openai" or "azure")
            {
                activity.SetTag(GenAiAttributes.OpenAIApiType, request.Format == ClientFormat.Responses ? "responses" : "chat_completions");
            }
        }

        return activity;
    }

    public static void End(Activity? activity, in TokenUsage usage, UsageSource source, UpstreamFailure? failure)
    {
        if (activity is null)
        {
            return;
        }

        if (source is UsageSource.Provider or UsageSource.Partial)
        {
            activity.SetTag(GenAiAttributes.UsageInputTokens, usage.TotalInput);
            activity.SetTag(GenAiAttributes.UsageOutputTokens, usage.TotalOutput);
            TagPart(activity, GenAiAttributes.UsageCacheReadInputTokens, usage.CacheRead);
            TagPart(activity, GenAiAttributes.UsageCacheCreationInputTokens, usage.CacheWrite5Minutes + usage.CacheWrite1Hour);
            TagPart(activity, GenAiAttributes.UsageReasoningOutputTokens, usage.Reasoning);
        }

        if (failure is not null)
        {
            activity.SetTag(GenAiAttributes.ErrorType, AttemptMetrics.ErrorType(failure));
            activity.SetStatus(ActivityStatusCode.Error);
        }

        activity.Dispose();
    }

    /// <summary>A part that nobody reported is left out: nought would be a claim.</summary>
    private static void TagPart(Activity activity, string name, long tokens)
    {
        if (tokens > 0)
        {
            activity.SetTag(name, tokens);
        }
    }

    public static void Abandon(Activity? activity, Exception exception)
    {
        if (activity is null)
        {
            return;
        }

        activity.SetTag(GenAiAttributes.ErrorType, exception is OperationCanceledException ? "cancelled" : "internal_error");
        activity.SetStatus(ActivityStatusCode.Error);
        activity.Dispose();
    }
}
