using System.Diagnostics;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;
using Gateway.Edge.Calls;
using Gateway.Edge.Pipeline;
using Gateway.Edge.Telemetry;

namespace Gateway.Edge.Limits;

/// <summary>Asks the ledger for a call's lease; with the ledger away, keys that it has granted lately may go on for a while.</summary>
internal sealed partial class Admissions(
    IKeyLedger ledger,
    IModelRouter router,
    LedgerPatience patience,
    OfflineAdmissions offline,
    TokenCounts tokens,
    TimeProvider timeProvider,
    ILogger<Admissions> logger)
{
    /// <summary>The lease, or a <see cref="GatewayErrorException"/> that says who refused it; either way the call learns whose it is.</summary>
    public async Task<(Lease Lease, ModelQuote Quote)> AdmitAsync(
        HttpContext context, CallInProgress call, string secret, CallOperation operation, RequestFacts facts, ReadOnlyMemory<byte> body)
    {
        var startedAt = timeProvider.GetUtcNow();
        try
        {
            var (lease, quote) = await AskAsync(context, call, secret, operation, facts, body);
            call.Admitted(lease);
            LimitsSpan.Add(startedAt, timeProvider.GetUtcNow(), refusal: null);
            return (lease, quote.Under(lease.Key.Unpriced));
        }
        catch (GatewayErrorException exception)
        {
            LimitsSpan.Add(startedAt, timeProvider.GetUtcNow(), exception.Error);
            throw;
        }
    }

    private async Task<(Lease Lease, ModelQuote Quote)> AskAsync(
        HttpContext context, CallInProgress call, string secret, CallOperation operation, RequestFacts facts, ReadOnlyMemory<byte> body)
    {
        var quote = await router.QuoteAsync(facts.Model, facts.ServiceTier, context.RequestAborted);
        if (facts.IsModelUnnamed)
        {
            AutomaticModel.Require(quote, operation);
        }

        var request = new AdmissionRequest(call.Id, secret, facts.Model, call.Format) { TraceParent = Activity.Current?.Id };
        request = operation == CallOperation.CountTokens
            // It is a request like any other, and uses neither tokens nor money, whatever the model costs.
            ? request with { OutputTokens = 0, Quote = new ModelQuote { IsKnown = quote.IsKnown, UpstreamModel = quote.UpstreamModel } }
            : request with
            {
                InputTokens = tokens.Estimate(secret, facts, quote, body),
                OutputTokens = operation == CallOperation.Embeddings ? 0 : facts.MaxOutputTokens * facts.Choices,
                Choices = facts.Choices,
                Quote = quote,
            };
        if (patience.IsSilent && offline.Admit(request) is { } vouched)
        {
            if (patience.ShouldProbe())
            {
                // The call goes on under the same id: a lease that comes late is settled with it.
                _ = ProbeAsync(request);
            }

            return (vouched, quote);
        }

        var asked = ledger.AdmitAsync(request);
        try
        {
            var admission = await patience.WaitAsync(asked);
            RateLimitHeaders.Write(context.Response.Headers, call.Format, admission.Limits, timeProvider.GetUtcNow());
            if (admission.Lease is not { } lease)
            {
                if (admission.Refusal?.Kind != GatewayErrorKind.RateLimited)
                {
                    offline.Forget(secret);
                }

                call.Refused(admission.RefusedKey);
                throw new GatewayErrorException(admission.Refusal ?? GatewayError.Internal());
            }

            offline.Remember(request, lease);
            tokens.Remember(secret, lease);
            return (lease, quote);
        }
        catch (GatewayErrorException exception) when (exception.Error.Kind == GatewayErrorKind.Unavailable)
        {
            if (offline.Admit(request) is { } lease)
            {
                return (lease, quote);
            }

            _ = GiveBackAsync(asked);
            throw new GatewayErrorException(exception.Error, exception);
        }
    }

    private async Task ProbeAsync(AdmissionRequest request)
    {
        try
        {
            await patience.WaitAsync(ledger.AdmitAsync(request));
        }
        catch (Exception exception) when (IsAway(exception))
        {
            LogStillAway(exception.Message);
        }
    }

    /// <summary>A lease that comes when its call has been refused would hold its reserve until it expires.</summary>
    private async Task GiveBackAsync(Task<Admission> asked)
    {
        try
        {
            if ((await asked).Lease is { } lease)
            {
                var nothing = new Settlement(lease.CallId, lease.Key.KeyId, default, NanoUsd.Zero) { LeaseFacts = lease.Facts };
                await ledger.SettleAsync([nothing], CancellationToken.None);
            }
        }
        catch (Exception exception) when (IsAway(exception))
        {
            LogStillAway(exception.Message);
        }
    }

    private static bool IsAway(Exception exception) => exception is GatewayErrorException or System.Data.Common.DbException;

    [LoggerMessage(LogLevel.Debug, "The ledger is still away: {Reason}")]
    private partial void LogStillAway(string reason);
}
