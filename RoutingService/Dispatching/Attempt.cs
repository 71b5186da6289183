using System.Diagnostics;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using RoutingService.Prices;
using RoutingService.Providers;
using RoutingService.Snapshots;

namespace RoutingService.Dispatching;

/// <summary>One try at one target: its span, its time, its record.</summary>
internal sealed class Attempt(Target target, PriceBook prices, TimeProvider timeProvider)
{
    private readonly Guid _id = Guid.CreateVersion7(timeProvider.GetUtcNow());
    private readonly long _startedTimestamp = timeProvider.GetTimestamp();
    private Activity? _activity;

    public Target Target => target;

    public double ElapsedMs => timeProvider.GetElapsedTime(_startedTimestamp).TotalMilliseconds;

    public void Start(DispatchRequest request) => _activity = AttemptSpan.Start(target, request);

    public NanoUsd? Cost(in TokenUsage usage) => prices.Cost(target.Provider.Name, target.PricedModel, usage);

    public AttemptRecord Complete(ProviderAnswer answer)
    {
        var (usage, source) = answer.Usage;
        AttemptSpan.End(_activity, usage, source, answer.Error);
        return Record(answer.UpstreamStatus, answer.Error, usage, source);
    }

    public AttemptRecord Fail(GatewayError error)
    {
        AttemptSpan.End(_activity, default, UsageSource.None, error);
        return Record(error.UpstreamStatus, error, default, UsageSource.None);
    }

    /// <summary>The client left, or the gateway itself failed: no answer and no record of one.</summary>
    public void Abandon(Exception exception) => AttemptSpan.Abandon(_activity, exception);

    private AttemptRecord Record(int? status, GatewayError? error, in TokenUsage usage, UsageSource source) => new()
    {
        Id = _id,
        Provider = target.Provider.Name,
        UpstreamModel = target.Model,
        UpstreamStatus = status,
        ErrorCode = error?.Code,
        Usage = usage,
        UsageSource = source,
        Cost = source == UsageSource.None ? NanoUsd.Zero : Cost(usage),
        DurationMs = ElapsedMs,
    };
}
