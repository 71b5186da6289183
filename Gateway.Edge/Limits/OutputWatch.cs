using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;

namespace Gateway.Edge.Limits;

/// <summary>
/// Watches a budgeted stream: before what it has put out costs more than is set aside for it, more is set aside, or the stream ends.
/// State of one call.
/// </summary>
internal sealed class OutputWatch(IKeyLedger ledger, Lease lease, ModelQuote quote, long inputTokens)
{
    /// <summary>Output between two looks costs something too.</summary>
    private const long Ahead = 64;

    private NanoUsd _reserved = lease.ReservedCost ?? NanoUsd.Zero;

    /// <summary>Null for a call that has no budget to mind.</summary>
    public static OutputWatch? For(IKeyLedger ledger, Lease lease, ModelQuote quote, long inputTokens)
        => lease.ReservedCost is not null && quote.WorstCase(0, 1) is { } price && price > NanoUsd.Zero
            ? new OutputWatch(ledger, lease, quote, inputTokens)
            : null;

    /// <summary>The error that ends the stream; null while it may go on.</summary>
    public async ValueTask<GatewayError?> CheckAsync(long outputTokens, CancellationToken cancellationToken)
        => Cost(outputTokens) <= _reserved ? null : await ExtendAsync(outputTokens, cancellationToken);

    private async ValueTask<GatewayError?> ExtendAsync(long outputTokens, CancellationToken cancellationToken)
    {
        // Twice as much each time, so that a long answer asks seldom.
        var wanted = (outputTokens + Ahead) * 2;
        ExtensionOutcome outcome;
        try
        {
            outcome = await ledger.ExtendAsync(new LeaseExtension(lease.CallId, inputTokens + wanted, Cost(wanted)), cancellationToken);
        }
        catch (GatewayErrorException exception)
        {
            // The ledger is away: a budgeted call goes no further than what it holds.
            return exception.Error;
        }

        _reserved = outcome.ReservedCost;
        return outcome.Granted || Cost(outputTokens) <= _reserved
            ? null
            : new GatewayError(GatewayErrorKind.BudgetExceeded, "budget_exceeded", "The gateway budget of this key was used up during the answer.")
            {
                ShouldRetry = false,
            };
    }

    private NanoUsd Cost(long outputTokens) => quote.WorstCase(inputTokens, outputTokens) ?? NanoUsd.Zero;
}
