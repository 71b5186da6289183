using System.Diagnostics;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using RoutingService.Prices;
using RoutingService.Providers;
using RoutingService.Targets;
using ServiceDefaults.Telemetry;

namespace RoutingService.Dispatching;

/// <summary>One try at one target: its place there, its span, its time, its record.</summary>
internal sealed class Attempt(TargetPass pass, PriceBook prices, TimeProvider timeProvider, int number, string reason)
{
    private readonly Guid _id = Guid.CreateVersion7(timeProvider.GetUtcNow());
    private readonly long _startedTimestamp = timeProvider.GetTimestamp();
    private Activity? _activity;
    private CallOperation _operation;
    private double? _lastPieceMs;
    private long _inputTokens;

    public TargetPass Pass => pass;

    public Deployment Deployment => pass.Deployment;

    public int Number => number;

    public string Reason => reason;

    public double ElapsedMs => timeProvider.GetElapsedTime(_startedTimestamp).TotalMilliseconds;

    /// <summary>Its id, where it is not just <c>provider/model</c>.</summary>
    public string? DeploymentName
        => Deployment.Id.Length == Deployment.Provider.Name.Length + 1 + Deployment.Model.Length ? null : Deployment.Id;

    public void Start(DispatchRequest request, ReadOnlyMemory<byte> body)
    {
        _inputTokens = (request.Facts.TextBytes + 3) / 4;
        _operation = request.Operation;
        _activity = AttemptSpan.Start(this, reason, request, body);
    }

    public NanoUsd? Cost(in TokenUsage usage) => prices.Cost(Deployment, usage);

    /// <summary>Of a stream; the first is what the client waits for.</summary>
    public void Piece()
    {
        if (!AttemptMetrics.MeasuresChunks)
        {
            return;
        }

        var now = ElapsedMs;
        if (_lastPieceMs is null)
        {
            _activity?.SetTag(GenAiAttributes.ResponseTimeToFirstChunk, now / 1000);
        }

        AttemptMetrics.Chunk(this, _operation, (now - (_lastPieceMs ?? 0)) / 1000, isFirst: _lastPieceMs is null);
        _lastPieceMs = now;
    }

    /// <summary>The answer has ended, or nobody reads it on.</summary>
    public AttemptRecord Complete(ProviderAnswer answer)
    {
        var (usage, source) = answer.Usage;
        AttemptSpan.End(_activity, usage, source, answer.Failure);
        if (answer.Failure is { Error.Kind: not GatewayErrorKind.ClientLeft, Blame: UpstreamBlame.TargetFault or UpstreamBlame.Timeout or UpstreamBlame.Overloaded })
        {
            pass.Broke(answer.Failure.Error.Code);
        }

        AttemptMetrics.Ended(this, _operation, usage, source, answer.Failure);
        pass.Tokens = usage.TotalInput + usage.TotalOutput;
        Deployment.State.Used(usage, prices.Saved(Deployment, usage));
        pass.Dispose();
        return Record(answer.UpstreamStatus, answer.Error, usage, source);
    }

    public AttemptRecord Fail(UpstreamFailure failure)
    {
        AttemptSpan.End(_activity, default, UsageSource.None, failure);
        AttemptMetrics.Ended(this, _operation, default, UsageSource.None, failure);
        var (usage, source) = failure.MayHaveCost ? (new TokenUsage { Input = _inputTokens }, UsageSource.Unknown) : (default, UsageSource.None);
        return Record(failure.Status, failure.Error, usage, source) with { Phase = failure.Phase.ToString().ToLowerInvariant() };
    }

    /// <summary>The gateway itself failed: no answer and no record of one.</summary>
    public void Abandon(Exception exception) => AttemptSpan.Abandon(_activity, exception);

    private AttemptRecord Record(int? status, GatewayError? error, in TokenUsage usage, UsageSource source) => new()
    {
        Id = _id,
        Provider = Deployment.Provider.Name,
        UpstreamModel = Deployment.Model,
        Deployment = DeploymentName,
        Reason = reason,
        UpstreamStatus = status,
        ErrorCode = error?.Code,
        Usage = usage,
        UsageSource = source,
        Cost = source == UsageSource.None ? NanoUsd.Zero : Cost(usage),
        DurationMs = ElapsedMs,
    };
}
