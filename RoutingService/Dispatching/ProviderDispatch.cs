using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using RoutingService.Providers;

namespace RoutingService.Dispatching;

/// <summary>A provider's answer on its way to the Edge.</summary>
internal sealed class ProviderDispatch : Dispatch
{
    private readonly ProviderAnswer _answer;
    private readonly Attempt _attempt;
    private readonly CallRun _run;
    private readonly bool _watchOutput;
    private readonly CancellationTokenSource _lifetime;
    private DispatchEnd? _end;

    /// <param name="lifetime">What the answer is read under; disposed of with it.</param>
    public ProviderDispatch(ProviderAnswer answer, Attempt attempt, CallRun run, bool watchOutput, CancellationTokenSource lifetime)
    {
        (_answer, _attempt, _run, _watchOutput, _lifetime) = (answer, attempt, run, watchOutput, lifetime);
        Head = new DispatchHead
        {
            Provider = attempt.Deployment.Provider.Name,
            ProviderKind = attempt.Deployment.Provider.Kind,
            UpstreamModel = attempt.Deployment.Model,
            Deployment = attempt.DeploymentName,
            Automatic = run.Automatic?.Trace,
            IsFallback = run.IsFallback,
            Attempts = attempt.Number,
            ContentType = answer.ContentType,
            Cost = answer.IsComplete ? attempt.Rate(answer.Usage.Usage, answer.ServiceTier).Cost : null,
            ProviderMs = run.ProviderMs + attempt.ElapsedMs,
            Losses = LossesOf(answer),
            IsEstimated = answer.IsEstimated,
        };
    }

    public override DispatchHead Head { get; }

    public override DispatchEnd? End => _end;

    public override long OutputTokens => _watchOutput ? _answer.Usage.Usage.TotalOutput : 0;

    public override async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        var piece = await _answer.ReadAsync(cancellationToken);
        if (piece.IsEmpty)
        {
            Finish();
            return piece;
        }

        if (!_answer.IsComplete)
        {
            _attempt.Piece();
        }

        return _run.Tell(piece, _attempt, Head.ProviderMs);
    }

    /// <summary>Disposed before its end, the answer is cancelled, and what it used until then is settled all the same.</summary>
    public override async ValueTask DisposeAsync()
    {
        Finish();
        await _answer.DisposeAsync();
        _lifetime.Dispose();
    }

    private void Finish()
    {
        if (_end is not null)
        {
            return;
        }

        var record = _attempt.Complete(_answer);
        _end = new DispatchEnd
        {
            Error = _answer.Error,
            Usage = record.Usage,
            UsageSource = record.UsageSource,
            Cost = record.UsageSource == UsageSource.None ? null : record.Cost,
            Route = _run.Trace,
            Attempts = _run.Records.Count == 0 ? [record] : [.. _run.Records, record],
            Losses = LossesOf(_answer),
        };
    }

    private static IReadOnlyList<string>? LossesOf(ProviderAnswer answer) => answer.Losses is { Entries: [_, ..] entries } ? [.. entries] : null;
}
