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

    /// <summary>Reads a whole answer to a call that asked for a stream.</summary>
    public virtual ProviderAnswer ReadBodyAsStream(ProviderCall call, BoundedBody body, int status) => throw Mismatch(call, status, "did not answer with a stream.");

    /// <summary>Reads a stream, all of it at hand, that answers a call that asked for none.</summary>
    public virtual ProviderAnswer ReadStreamAsBody(ProviderCall call, BoundedBody body, int status) => throw Mismatch(call, status, "answered with a stream.");

    protected static UpstreamException Mismatch(ProviderCall call, int status, string what)
        => new(UpstreamErrors.Failed(call.Target.Provider.Name, what, UpstreamPhase.Body, "shape_mismatch").WithStatus(status));

    /// <summary>What the provider says went wrong, in an answer whose status said that all was well.</summary>
    public static UpstreamFailure FailureOf(ProviderCall call, AnswerFailed failed, UpstreamPhase phase)
    {
        var provider = call.Target.Provider;
        var fault = new UpstreamFault(UpstreamErrors.Redact(failed.Message, provider), failed.Code, failed.Type);
        return UpstreamErrors.FromStatus(provider.Name, failed.Status, fault, retryAfter: null, received: StatusCodes.Status200OK, phase);
    }

    /// <summary>What a call used: as it was reported, else as it is estimated from the text.</summary>
    protected static (TokenUsage Usage, UsageSource Source) UsageOf(ProviderCall call, LlmUsage? reported, long textBytes) => reported is { } usage
        ? (UsageMapping.ToTokenUsage(usage), UsageSource.Provider)
        : (UsageMapping.ToTokenUsage(UsageMapping.Estimate(call.Request.Facts, textBytes)), UsageSource.Estimated);
}
