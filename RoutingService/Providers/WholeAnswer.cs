using Gateway.Contracts.Usage;
using Gateway.Llm.Canonical;

namespace RoutingService.Providers;

/// <summary>An answer that is not a stream, all of it at hand.</summary>
internal sealed class WholeAnswer(
    ReadOnlyMemory<byte> body, int? upstreamStatus, (TokenUsage Usage, UsageSource Source) usage, LossReport? losses = null, Action? release = null,
    string contentType = "application/json", string? serviceTier = null)
    : ProviderAnswer
{
    private bool _isRead;

    public override string ContentType => contentType;

    public override bool IsComplete => true;

    public override int? UpstreamStatus => upstreamStatus;

    public override (TokenUsage Usage, UsageSource Source) Usage => usage;

    public override string? ServiceTier => serviceTier;

    public override LossReport? Losses => losses;

    public override ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        if (_isRead)
        {
            return default;
        }

        _isRead = true;
        return new(body);
    }

    public override ValueTask DisposeAsync()
    {
        release?.Invoke();
        return ValueTask.CompletedTask;
    }
}
