using Gateway.Contracts.Errors;
using Gateway.Contracts.Usage;
using Gateway.Llm.Canonical;

namespace RoutingService.Providers;

/// <summary>A provider's answer in the client's format. Disposing it before its end cancels the upstream call.</summary>
internal abstract class ProviderAnswer : IAsyncDisposable
{
    public abstract string ContentType { get; }

    /// <summary>The whole answer is there, and so are its usage and cost.</summary>
    public abstract bool IsComplete { get; }

    /// <summary>Null when the provider answered without an HTTP status.</summary>
    public virtual int? UpstreamStatus => null;

    /// <summary>What is known so far; final after the last piece.</summary>
    public abstract (TokenUsage Usage, UsageSource Source) Usage { get; }

    /// <summary>What the provider says it served the call as, see <see cref="ServiceTiers"/>; null where it does not say.</summary>
    public virtual string? ServiceTier => null;

    /// <summary>Set with the last piece when the answer broke off.</summary>
    public virtual UpstreamFailure? Failure => null;

    public GatewayError? Error => Failure?.Error;

    /// <summary>What was lost on the way so far; null where nothing was translated.</summary>
    public virtual LossReport? Losses => null;

    /// <summary>The gateway has made it by itself, and it may be a little wrong: a count of tokens that no provider counted.</summary>
    public virtual bool IsEstimated => false;

    /// <summary>The next piece, valid until the next call; empty after the last one.</summary>
    public abstract ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken);

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
