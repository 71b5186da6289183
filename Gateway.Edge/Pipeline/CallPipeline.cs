using System.Buffers;
using System.Globalization;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;
using Gateway.Edge.Accounting;
using Gateway.Edge.Errors;
using Microsoft.Extensions.Options;

namespace Gateway.Edge.Pipeline;

/// <summary>
/// One call from its first byte to its record:
/// <code>
/// (1) key ─ (2) body ─ (3) scan ─ (4) admit ─ (5) dispatch ─ (6) answer ─ (7) account
/// </code>
/// The client sees no byte before (5) has an answer to begin with, so that every failure until then has a status of its own.
/// </summary>
internal sealed class CallPipeline(
    IKeyLedger ledger, IModelRouter router, CallAccounting accounting, IOptions<EdgeLimits> limits, TimeProvider timeProvider)
{
    public async Task RunAsync(HttpContext context, ClientFormat format, Func<ReadOnlyMemory<byte>, RequestFacts> scan)
    {
        var call = new CallInProgress(RequestIds.GuidOf(context), RequestIds.Of(context), format, timeProvider);
        var cancellationToken = context.RequestAborted;

        // (1) A malformed key is refused before any I/O.
        var secret = ClientCredentials.RequireKey(context.Request);

        // (2) and (3)
        using var body = await RequestBody.ReadAsync(context.Request, limits.Value.MaxRequestBytes, cancellationToken);
        var facts = scan(body.Memory);
        call.Scanned(facts);

        try
        {
            // (4)
            call.Admitted(await AdmitAsync(secret, call, facts, cancellationToken));

            // (5)
            var request = new DispatchRequest
            {
                CallId = call.Id,
                Format = format,
                Facts = facts,
                KeyId = call.Key!.KeyId,
                BodyLength = body.Memory.Length,
                Simulate = context.Request.Headers["x-gateway-simulate"],
            };
            var dispatch = await router.DispatchAsync(request, body.Memory, cancellationToken);
            try
            {
                await AnswerAsync(context, call, dispatch);
            }
            finally
            {
                await dispatch.DisposeAsync();
                call.Ended(dispatch.End);
            }
        }
        catch (GatewayErrorException exception)
        {
            call.Failed(exception.Error, ErrorStatus.Of(exception.Error, format));
            throw;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            call.ClientLeft();
            throw;
        }
        catch (Exception)
        {
            call.Failed(GatewayError.Internal(), StatusCodes.Status500InternalServerError);
            throw;
        }
        finally
        {
            // (7) An unknown key leaves no record: whoever guesses keys must not fill the log.
            if (call.Key is not null)
            {
                accounting.Add(call);
            }
        }
    }

    private async Task<Lease> AdmitAsync(string secret, CallInProgress call, RequestFacts facts, CancellationToken cancellationToken)
    {
        var admission = await ledger.AdmitAsync(
            new AdmissionRequest(call.Id, secret, facts.Model, call.Format)
            {
                InputTokens = (facts.TextBytes + 3) / 4,
                OutputTokens = facts.MaxOutputTokens,
            },
            cancellationToken);
        return admission.Lease ?? throw new GatewayErrorException(admission.Refusal ?? GatewayError.Internal());
    }

    // (6)
    private static async Task AnswerAsync(HttpContext context, CallInProgress call, Dispatch dispatch)
    {
        var head = dispatch.Head;
        call.Dispatched(head);
        WriteHeaders(context.Response, call, head);
        if (head.Error is { } error)
        {
            throw new GatewayErrorException(error);
        }

        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = head.ContentType;
        var output = context.Response.BodyWriter;
        while (await dispatch.ReadAsync(context.RequestAborted) is { IsEmpty: false } piece)
        {
            call.FirstByte();
            output.Write(piece.Span);
            var flush = await output.FlushAsync(context.RequestAborted);
            if (flush.IsCompleted)
            {
                throw new OperationCanceledException(context.RequestAborted);
            }
        }

        if (dispatch.End?.Error is { } broken)
        {
            if (!context.Response.HasStarted)
            {
                throw new GatewayErrorException(broken);
            }

            if (!IsStream(head))
            {
                // Half of a body has no place for an error: only a broken connection says that it is half.
                call.Failed(broken, StatusCodes.Status200OK);
                context.Abort();
                return;
            }

            GatewayErrorWriter.WriteEvent(output, call.Format, broken, call.RequestId);
            await output.FlushAsync(context.RequestAborted);
        }
    }

    private static bool IsStream(DispatchHead head) => head.ContentType.StartsWith("text/event-stream", StringComparison.Ordinal);

    private static void WriteHeaders(HttpResponse response, CallInProgress call, DispatchHead head)
    {
        var headers = response.Headers;
        if (head.Provider is not null)
        {
            headers["x-gateway-provider"] = HeaderText.Encode(head.Provider);
            headers["x-gateway-model"] = HeaderText.Encode(head.UpstreamModel ?? "");
        }

        headers["x-gateway-attempts"] = head.Attempts.ToString(CultureInfo.InvariantCulture);
        headers["x-gateway-overhead-ms"] = call.OverheadMs.ToString("0.###", CultureInfo.InvariantCulture);
        if (head.Cost is { } cost)
        {
            headers["x-gateway-cost"] = cost.ToString();
        }

        if (head.Error is null && IsStream(head))
        {
            headers.CacheControl = "no-cache";
            headers["x-accel-buffering"] = "no";
        }
    }
}
