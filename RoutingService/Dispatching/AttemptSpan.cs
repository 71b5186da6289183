using System.Diagnostics;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using ServiceDefaults.Telemetry;

namespace RoutingService.Dispatching;

/// <summary>The CLIENT span of one attempt, as the conventions for generative AI name it.</summary>
internal static class AttemptSpan
{
    public static Activity? Start(Attempt attempt, string reason, DispatchRequest request)
    {
        if (!GatewayTelemetry.Source.HasListeners())
        {
            return null;
        }

        var (provider, model) = (attempt.Deployment.Provider, attempt.Deployment.Model);

        // What samplers may want to see is there from the start.
        var tags = new ActivityTagsCollection
        {
            [GenAiAttributes.OperationName] = GenAiOperation.NameOf(request.Operation),
            [GenAiAttributes.ProviderName] = provider.Name,
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
        return GatewayTelemetry.Source.StartActivity($"{GenAiOperation.NameOf(request.Operation)} {model}", ActivityKind.Client, parentContext: default, tags);
    }

    public static void End(Activity? activity, in TokenUsage usage, UsageSource source, GatewayError? error)
    {
        if (activity is null)
        {
            return;
        }

        if (source is UsageSource.Provider or UsageSource.Partial)
        {
            activity.SetTag(GenAiAttributes.UsageInputTokens, usage.TotalInput);
            activity.SetTag(GenAiAttributes.UsageOutputTokens, usage.TotalOutput);
        }

        if (error is not null)
        {
            activity.SetTag(GenAiAttributes.ErrorType, error.UpstreamStatus?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? error.Code);
            activity.SetStatus(ActivityStatusCode.Error);
        }

        activity.Dispose();
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
