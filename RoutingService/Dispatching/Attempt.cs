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
internal sealed partial class Attempt(TargetPass pass, PriceBook prices, DispatchSettings settings, int number, string reason)
{
    private readonly Guid _id = Guid.CreateVersion7(settings.TimeProvider.GetUtcNow());
    private readonly DateTime _startedAt = settings.TimeProvider.GetUtcNow().UtcDateTime;
    private readonly long _startedTimestamp = settings.TimeProvider.GetTimestamp();
    private DispatchRequest? _request;
    private Activity? _activity;
    private CallOperation _operation;
    private double? _lastPieceMs;
    private long _inputTokens;

    public TargetPass Pass => pass;

    public Deployment Deployment => pass.Deployment;

    public int Number => number;

    public string Reason => reason;

    public double ElapsedMs => settings.TimeProvider.GetElapsedTime(_startedTimestamp).TotalMilliseconds;

    /// <summary>Its id, where it is not just <c>provider/model</c>.</summary>
    public string? DeploymentName
        => Deployment.Id.Length == Deployment.Provider.Name.Length + 1 + Deployment.Model.Length ? null : Deployment.Id;

    public void Start(DispatchRequest request, ReadOnlyMemory<byte> body)
    {
        _request = request;
        _inputTokens = (request.Facts.TextBytes + 3) / 4;
        _operation = request.Operation;
        _activity = AttemptSpan.Start(this, reason, request, body);
    }

    /// <summary>What the client pays for it. What the provider says of its tier counts more than what was asked for.</summary>
    public Rating Rate(in TokenUsage usage, string? servedTier)
        => prices.Rate(Deployment, usage, TierOf(servedTier), _startedAt, _request?.Unpriced, _request is { HasBudget: true });

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
        var saved = prices.Saved(Deployment, usage);
        Deployment.State.Used(usage, saved);
        pass.Dispose();
        return Record(answer.UpstreamStatus, answer.Error, usage, source, TierOf(answer.ServiceTier)) with
        {
            CacheSavings = usage.CacheRead > 0 ? saved : null,
        };
    }

    public AttemptRecord Fail(UpstreamFailure failure)
    {
        AttemptSpan.End(_activity, default, UsageSource.None, failure);
        AttemptMetrics.Ended(this, _operation, default, UsageSource.None, failure);
        var (usage, source) = failure.MayHaveCost ? (new TokenUsage { Input = _inputTokens }, UsageSource.Unknown) : (default, UsageSource.None);
        return Record(failure.Status, failure.Error, usage, source, TierOf(served: null)) with { Phase = failure.Phase.ToString().ToLowerInvariant() };
    }

    /// <summary>The gateway itself failed: no answer and no record of one.</summary>
    public void Abandon(Exception exception) => AttemptSpan.Abandon(_activity, exception);

    /// <summary>Null for the ordinary one.</summary>
    private string? TierOf(string? served)
        => (served ?? PriceBook.AskedOf(Deployment, _request?.Facts.ServiceTier)) is { } tier && tier != PriceRow.StandardTier ? tier : null;

    private AttemptRecord Record(int? status, GatewayError? error, in TokenUsage usage, UsageSource source, string? serviceTier)
    {
        var rating = source == UsageSource.None ? new Rating(NanoUsd.Zero, null) : Rate(usage, serviceTier);
        if (rating.IsUnpriced)
        {
            AttemptMetrics.Unpriced(this);
            if (prices.IsNews(Deployment, serviceTier))
            {
                LogUnpriced(settings.Logger, Deployment.Provider.Name, Deployment.Model, serviceTier ?? PriceRow.StandardTier);
            }
        }

        return new AttemptRecord
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
            Cost = rating.Cost,
            PriceRow = rating.PriceRow,
            ServiceTier = serviceTier,
            DurationMs = ElapsedMs,
        };
    }

    [LoggerMessage(LogLevel.Warning, "Model {Model} of provider {Provider} has no price in tier '{Tier}': its calls are not charged as they are used. Prices are at /admin/prices.")]
    private static partial void LogUnpriced(ILogger logger, string provider, string model, string tier);
}
