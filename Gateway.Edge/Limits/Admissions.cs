using System.Diagnostics;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;

namespace Gateway.Edge.Limits;

/// <summary>Asks the ledger for a call's lease; with the ledger away, keys that it has granted lately may go on for a while.</summary>
internal sealed class Admissions(
    IKeyLedger ledger, IModelRouter router, OfflineAdmissions offline, TokenCounts tokens, TimeProvider timeProvider)
{
    /// <summary>The lease, or a <see cref="GatewayErrorException"/> that says who refused it.</summary>
    public async Task<(Lease Lease, ModelQuote Quote)> AdmitAsync(
        HttpContext context, Guid callId, string secret, ClientFormat format, CallOperation operation, RequestFacts facts, ReadOnlyMemory<byte> body)
    {
        var quote = await router.QuoteAsync(facts.Model, context.RequestAborted);
        var request = new AdmissionRequest(callId, secret, facts.Model, format) { TraceParent = Activity.Current?.Id };
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
        try
        {
            var admission = await ledger.AdmitAsync(request);
            RateLimitHeaders.Write(context.Response.Headers, format, admission.Limits, timeProvider.GetUtcNow());
            if (admission.Lease is not { } lease)
            {
                offline.Forget(secret);
                throw new GatewayErrorException(admission.Refusal ?? GatewayError.Internal());
            }

            offline.Remember(secret, lease);
            tokens.Remember(secret, lease);
            return (lease, quote);
        }
        catch (GatewayErrorException exception) when (exception.Error.Kind == GatewayErrorKind.Unavailable)
        {
            return (offline.Admit(request) ?? throw new GatewayErrorException(exception.Error, exception), quote);
        }
    }
}
