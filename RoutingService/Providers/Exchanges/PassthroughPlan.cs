using Gateway.Contracts.Routing;
using Gateway.Llm.Canonical;

namespace RoutingService.Providers.Exchanges;

/// <summary>Client and provider speak the same: the answer's bytes stay what they are.</summary>
internal sealed class PassthroughPlan(AnswerScan scan) : AnswerPlan
{
    public override TranslationPlan? OtherShape(ProviderCall call, DateTimeOffset now) => call.Request.Operation != CallOperation.Generate ? null : new TranslationPlan(
        ClientFormats.Of(call.Request.Format),
        new AnswerContext(call.Request.CallId, call.Canonical, now.ToUnixTimeSeconds(), call.Losses),
        () => ClientFormats.CreateReader(call.Request.Format),
        (body, events) => ClientFormats.ReadAnswer(call.Request.Format, body, events));

    public override UpstreamStream CreateStream(ProviderCall call, UpstreamStreamSource source) => new PassthroughStream(call, source, scan);

    public override ProviderAnswer ReadBody(ProviderCall call, BoundedBody body, int status)
    {
        scan.ReadBody(body.Memory);
        return scan.Failure is { } failure
            ? throw new UpstreamException(FailureOf(call, failure, UpstreamPhase.Body))
            : new WholeAnswer(body.Memory, status, UsageOf(call, scan.Usage, scan.TextBytes), call.Losses, body.Release, serviceTier: scan.Usage?.ServiceTier);
    }
}
