using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;
using Gateway.Edge.Accounting.Journal;
using Gateway.Edge.Calls;
using Gateway.Edge.Contents;
using Gateway.Edge.Errors;
using Gateway.Edge.Limits;
using Microsoft.Extensions.Options;

namespace Gateway.Edge.Pipeline;

/// <summary>
/// One call from its first byte to its record:
/// <code>
/// (1) key ─ (2) body ─ (3) scan ─ (4) admit ─ (5) dispatch ─ (6) answer ─ (7) record ─ (8) last byte
/// </code>
/// The client sees no byte before (5) has an answer to begin with, so that every failure until then has a status of its own; and not the last
/// one before (7), so that a call it knows to be complete is in the books.
/// </summary>
internal sealed class CallPipeline(
    Admissions admissions,
    IKeyLedger ledger,
    IModelRouter router,
    LiveLeases liveLeases,
    CallJournal journal,
    ContentQueue contents,
    IOptions<EdgeLimits> limits,
    TimeProvider timeProvider)
{
    /// <summary>What of an answer that is not a stream waits in memory for its next piece.</summary>
    private const long MaxHeldBytes = 64 * 1024;

    /// <param name="state">For a format that remembers; null for one that does not.</param>
    /// <param name="given">The body, where somebody had to look into it before; it is disposed of here.</param>
    public async Task RunAsync(
        HttpContext context,
        ClientFormat format,
        Func<ReadOnlyMemory<byte>, RequestFacts> scan,
        CallOperation operation = CallOperation.Generate,
        ICallState? state = null,
        RequestBody? given = null)
    {
        var origin = CallOrigin.Of(context.Request);
        var call = new CallInProgress(RequestIds.GuidOf(context), RequestIds.Of(context), format, operation, origin, timeProvider);
        var cancellationToken = context.RequestAborted;

        // (1) A malformed key is refused before any I/O.
        var secret = await ClientCredentials.RequireKeyAsync(context);

        // (2) and (3)
        using var received = given ?? await RequestBody.ReadAsync(context.Request, limits.Value.MaxRequestBytes, cancellationToken);
        var (body, facts) = (received.Memory, scan(received.Memory));
        var isUnnamed = facts.Model.Length == 0;
        if (isUnnamed)
        {
            body = AutomaticModel.Insert(body.Span, facts);
            facts = scan(body);
        }

        if (state is not null)
        {
            (body, facts) = await state.CompleteAsync(secret, body, facts, cancellationToken);
        }

        facts = isUnnamed ? facts with { IsModelUnnamed = true } : facts;
        call.Scanned(facts);

        try
        {
            // (4)
            journal.EnsureWritable();
            var (lease, quote) = await admissions.AdmitAsync(context, call, secret, operation, facts, body);
            liveLeases.Add(lease);
            call.Content = contents.Begin(call.Id, lease.Key, format, received.Memory);
            if (state is not null)
            {
                await state.AdmittedAsync(lease.Key, facts, quote, cancellationToken);
            }

            var watch = facts.Stream ? OutputWatch.For(ledger, lease, quote, (facts.TextBytes + 3) / 4) : null;

            // (5)
            var request = new DispatchRequest
            {
                CallId = call.Id,
                Format = format,
                Operation = operation,
                Facts = facts,
                KeyId = call.Key!.KeyId,
                BodyLength = body.Length,
                WatchOutput = watch is not null,
                HasBudget = lease.ReservedCost is not null,
                Unpriced = lease.Key.Unpriced,
                Headers = ForwardedHeaders.Of(context.Request, format),
                IsStrict = context.Request.Headers["x-gateway-strict"] == "true",
                Tags = origin.Tags,
                Simulate = context.Request.Headers["x-gateway-simulate"],
            };
            var dispatch = await router.DispatchAsync(request, body, cancellationToken);
            try
            {
                await AnswerAsync(context, call, dispatch, watch, state);
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
            context.Features.Set(call.Key);
            try
            {
                // However it ended. (Nothing, when the answer has come this far by itself.)
                await RecordAsync(call);
            }
            finally
            {
                // A lease that was announced for ever would never expire.
                liveLeases.Remove(call.Id);
                if (call.Content is { } content)
                {
                    contents.Add(content);
                }
            }
        }
    }

    // (6)
    private async Task AnswerAsync(HttpContext context, CallInProgress call, Dispatch dispatch, OutputWatch? watch, ICallState? state)
    {
        var head = dispatch.Head;
        call.Dispatched(head);
        context.RequestAborted.ThrowIfCancellationRequested();
        WriteHeaders(context.Response, call, head);
        if (head.Error is { } error)
        {
            throw new GatewayErrorException(error);
        }

        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = head.ContentType;
        var cut = IsStream(head) ? await SendStreamAsync(context, call, dispatch, watch, state) : null;
        if (!IsStream(head))
        {
            await SendWholeAsync(context, call, dispatch, state);
        }

        context.RequestAborted.ThrowIfCancellationRequested();

        var broken = cut ?? dispatch.End?.Error;
        if (broken is not null && !call.HasBegun)
        {
            throw new GatewayErrorException(broken);
        }

        // (7)
        if (cut is not null)
        {
            // The provider stops here; what it has put out is paid for.
            await dispatch.DisposeAsync();
            call.Failed(cut, StatusCodes.Status200OK);
        }

        call.Ended(dispatch.End);
        await RecordAsync(call);

        // (8)
        var output = context.Response.BodyWriter;
        if (broken is not null)
        {
            if (!IsStream(head))
            {
                // Half of a body has no place for an error: only a broken connection says that it is half.
                context.Abort();
                return;
            }

            if (state is not null)
            {
                await state.FailAsync(output, broken, call.Key!, context.RequestAborted);
            }
            else
            {
                GatewayErrorWriter.WriteEvent(output, call.Format, broken, call.RequestId);
            }
        }

        await output.FlushAsync(context.RequestAborted);
    }

    /// <summary>Each piece goes out as it comes; the terminal event is written and not flushed.</summary>
    /// <returns>Why the gateway ends the stream before its end; null when it came to its end.</returns>
    private static async Task<GatewayError?> SendStreamAsync(
        HttpContext context, CallInProgress call, Dispatch dispatch, OutputWatch? watch, ICallState? state)
    {
        var output = context.Response.BodyWriter;
        var terminal = new TerminalEvent(call.Format);
        if (call.Content is { } content)
        {
            content.IsStream = true;
        }

        while (await dispatch.ReadAsync(context.RequestAborted) is { IsEmpty: false } piece)
        {
            call.FirstByte();
            call.Content?.TakeAnswer(piece.Span);
            Write(output, piece.Span, state);
            terminal.Read(piece.Span);
            if (!terminal.IsSeen && !terminal.IsInLine)
            {
                await FlushAsync(context, output);
            }

            if (watch is not null && await watch.CheckAsync(dispatch.OutputTokens, context.RequestAborted) is { } cut)
            {
                return cut;
            }
        }

        if (state is not null && dispatch.End?.Error is null)
        {
            await state.EndAsync(output, call.Key!, context.RequestAborted);
        }

        return null;
    }

    /// <summary>The last piece is written and not flushed; an answer of one piece, so, has a length instead of chunks.</summary>
    private static async Task SendWholeAsync(HttpContext context, CallInProgress call, Dispatch dispatch, ICallState? state)
    {
        var output = context.Response.BodyWriter;
        var held = 0L;
        while (await dispatch.ReadAsync(context.RequestAborted) is { IsEmpty: false } piece)
        {
            call.FirstByte();
            call.Content?.TakeAnswer(piece.Span);
            if (held > MaxHeldBytes)
            {
                await FlushAsync(context, output);
                held = 0;
            }

            Write(output, piece.Span, state);
            held += state is null ? piece.Length : 0;
        }

        if (state is not null && dispatch.End?.Error is null)
        {
            held = await state.EndAsync(output, call.Key!, context.RequestAborted);
        }

        if (!context.Response.HasStarted && dispatch.End?.Error is null)
        {
            context.Response.ContentLength = held;
        }
    }

    private static void Write(PipeWriter output, ReadOnlySpan<byte> piece, ICallState? state)
    {
        if (state is null)
        {
            output.Write(piece);
        }
        else
        {
            state.Write(output, piece);
        }
    }

    private static async ValueTask FlushAsync(HttpContext context, PipeWriter output)
    {
        var flush = await output.FlushAsync(context.RequestAborted);
        if (flush.IsCompleted)
        {
            throw new OperationCanceledException(context.RequestAborted);
        }
    }

    /// <summary>A key that may not call leaves no record: whoever guesses keys must not fill the log.</summary>
    private async ValueTask RecordAsync(CallInProgress call)
    {
        if (call.Key is not null && call.TryTakeRecord() is { } record)
        {
            await journal.AppendAsync(record);
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

        if (head.Deployment is not null)
        {
            headers["x-gateway-deployment"] = HeaderText.Encode(head.Deployment);
        }

        if (head.Automatic is { } automatic)
        {
            headers["x-gateway-routing"] = automatic.Method;
            if (automatic.Tier is not null)
            {
                headers["x-gateway-tier"] = automatic.Tier;
            }

            if (automatic.Label is not null)
            {
                // The name that NVIDIA's llm-router gives it.
                headers["x-chosen-classifier"] = HeaderText.Encode(automatic.Label);
            }
        }

        if (head.IsFallback)
        {
            headers["x-gateway-fallback"] = "true";
        }

        headers["x-gateway-attempts"] = head.Attempts.ToString(CultureInfo.InvariantCulture);
        headers["x-gateway-overhead-ms"] = call.OverheadMs.ToString("0.###", CultureInfo.InvariantCulture);
        if (head.Cost is { } cost)
        {
            headers["x-gateway-cost"] = cost.ToString();
        }

        if (head.Losses is { } losses)
        {
            headers["x-gateway-lossy"] = HeaderText.Encode(string.Join(", ", losses));
        }

        if (head.IsEstimated)
        {
            headers["x-gateway-estimated"] = "true";
        }

        if (head.Error is null && IsStream(head))
        {
            headers.CacheControl = "no-cache";
            headers["x-accel-buffering"] = "no";
        }
    }
}
