using System.Net.Http.Headers;
using Gateway.Contracts.Usage;
using Gateway.Llm.Canonical;

namespace RoutingService.Providers.Exchanges;

/// <summary>How a provider's answer becomes the client's.</summary>
internal abstract class AnswerPlan
{
    /// <summary>What a stream says it is; anything else is no stream.</summary>
    public virtual string StreamMediaType => "text/event-stream";

    /// <summary>Comes before the answer is read; most say all in their bodies.</summary>
    public virtual void ReadHeaders(HttpResponseHeaders headers)
    {
    }

    /// <summary>What the gateway itself can answer where the provider would not; null: the failure is the answer.</summary>
    public virtual ProviderAnswer? AnswerInstead(ProviderCall call, UpstreamFault fault) => null;

    public abstract UpstreamStream CreateStream(ProviderCall call, UpstreamStreamSource source);

    /// <summary>Reads a whole answer, and takes over its buffer. A <see cref="System.Text.Json.JsonException"/> is an answer that cannot be read.</summary>
    public abstract ProviderAnswer ReadBody(ProviderCall call, BoundedBody body, int status);

    /// <summary>
    /// How to read an answer that is a stream where none was asked for, or none where one was: event by event. Null where there are no events.
    /// </summary>
    public virtual TranslationPlan? OtherShape(ProviderCall call, DateTimeOffset now) => null;

    /// <summary>What the provider says went wrong, in an answer whose status said that all was well.</summary>
    public static UpstreamFailure FailureOf(ProviderCall call, AnswerFailed failed, UpstreamPhase phase)
    {
        var provider = call.Target.Provider;
        var fault = new UpstreamFault(UpstreamErrors.Redact(failed.Message, provider), failed.Code, failed.Type);
        return UpstreamErrors.FromStatus(provider.Name, failed.Status, fault, retryAfter: null, received: StatusCodes.Status200OK, phase);
    }

    /// <summary>What a call used: as it was reported, else as it is estimated from the text.</summary>
    protected static (TokenUsage Usage, UsageSource Source) UsageOf(ProviderCall call, LlmUsage? reported, long textBytes) => reported is { IsPlausible: true } usage
        ? (UsageMapping.ToTokenUsage(usage), UsageSource.Provider)
        : (UsageMapping.ToTokenUsage(UsageMapping.Estimate(call.Request.Facts, textBytes)), UsageSource.Estimated);
}
