using System.Net;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text.Json;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using Gateway.Llm;
using Microsoft.Extensions.Options;
using RoutingService.Health;
using RoutingService.Snapshots;
using RoutingService.Upstream;

namespace RoutingService.Providers.Exchanges;

/// <summary>
/// The way of every provider that is called over HTTP: prepare, send, turn a failure into an error, read the answer by its plan. What differs
/// between providers is what they prepare and what their errors say.
/// </summary>
internal abstract class HttpAdapter(UpstreamHttp http, IOptions<UpstreamOptions> options, TimeProvider timeProvider) : IProviderAdapter
{
    private const int MaxErrorBytes = 64 * 1024;

    public abstract string Type { get; }

    public virtual Uri? DefaultBaseUrl => null;

    public virtual bool CountsTokens => false;

    public virtual IReadOnlyCollection<string> SettingNames => [];

    public virtual bool CanAskFor(string serviceTier) => true;

    public virtual bool Serves(CallOperation operation) => operation is CallOperation.Generate or CallOperation.CountTokens;

    protected TimeProvider TimeProvider => timeProvider;

    public virtual string? FindSettingFault(string name, string value) => null;

    public async Task<HttpRequestMessage?> PreviewAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        try
        {
            var exchange = await PrepareAsync(call, cancellationToken);
            RefuseLosses(call);
            return exchange.Request;
        }
        catch (InvalidRequestException exception)
        {
            throw new GatewayErrorException(GatewayError.BadRequest(exception.Code, exception.Message, exception.Param), exception);
        }
    }

    public async Task<ProviderAnswer> SendAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var deadline = new UpstreamDeadline(options.Value, call.Timeouts, call.Request.Facts.Stream, cancellationToken);
        var trace = new UpstreamTrace();
        HttpResponseMessage? response = null;
        try
        {
            deadline.Allow(deadline.Headers);
            var exchange = await PrepareAsync(call, deadline.Token);
            RefuseLosses(call);
            response = await http.SendAsync(call.Target.Provider, exchange.Request, trace, deadline.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                var (fault, failure) = await ReadErrorAsync(call, response, deadline.Token);
                return exchange.Plan.AnswerInstead(call, fault) ?? throw new UpstreamException(failure);
            }

            if (!call.Request.Facts.Stream)
            {
                return await ReadWholeAsync(call, exchange.Plan, response, deadline.Token);
            }

            var answer = await OpenStreamAsync(call, exchange.Plan, response, deadline);
            if (!answer.IsComplete)
            {
                // The stream owns them now.
                (response, deadline) = (null, null);
            }

            return answer;
        }
        catch (InvalidRequestException exception)
        {
            throw new GatewayErrorException(GatewayError.BadRequest(exception.Code, exception.Message, exception.Param), exception);
        }
        catch (Exception exception) when (
            exception is HttpRequestException or IOException or InvalidDataException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var failure = FailureOf(call.Target.Provider.Name, exception, trace, response);
            throw new UpstreamException(failure, exception);
        }
        finally
        {
            response?.Dispose();
            deadline?.Dispose();
        }
    }

    public async Task<ProviderProbe> CheckAsync(ProviderTarget provider, CancellationToken cancellationToken)
    {
        var trace = new UpstreamTrace();
        try
        {
            using var request = await PrepareCheckAsync(provider, cancellationToken);
            using var response = await http.SendAsync(provider, request, trace, cancellationToken);
            return await ReadCheckAsync(provider, response, cancellationToken);
        }
        catch (UpstreamException exception)
        {
            return new ProviderProbe(
                exception.Failure.Blame == UpstreamBlame.CredentialFault ? ProbeOutcome.Refused : ProbeOutcome.Failed, exception.Error.Message);
        }
        catch (Exception exception) when (
            exception is HttpRequestException or IOException or InvalidDataException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new ProviderProbe(ProbeOutcome.Failed, FailureOf(provider.Name, exception, trace, response: null).Error.Message);
        }
    }

    /// <summary>Nothing has come that could be used; how far it went tells who is to blame.</summary>
    private static UpstreamFailure FailureOf(string provider, Exception exception, UpstreamTrace trace, HttpResponseMessage? response)
    {
        if (response is not null)
        {
            var failure = exception is OperationCanceledException
                ? UpstreamErrors.Timeout(provider, UpstreamPhase.Body)
                : UpstreamErrors.Failed(provider, "broke off its answer.", UpstreamPhase.Body, "broken_answer");
            return failure.WithStatus((int)response.StatusCode);
        }

        var phase = trace switch
        {
            { IsSent: true } => UpstreamPhase.Headers,
            { Connection: not null } => UpstreamPhase.Send,
            { Opened: not null } => UpstreamPhase.Tls,
            _ => UpstreamPhase.Connect,
        };
        return (exception switch
        {
            OperationCanceledException when phase < UpstreamPhase.Send => UpstreamErrors.Unreachable(provider, phase, "timeout"),
            OperationCanceledException => UpstreamErrors.Timeout(provider, phase),
            HttpRequestException transport => UpstreamErrors.FromTransport(provider, transport, phase),
            _ => UpstreamErrors.Failed(provider, "broke off the connection.", phase),
        }) with
        {
            IsAmbiguous = trace.IsSent,
            MayHaveCost = trace.IsSent,
            ReusedConnection = trace.IsStale && exception is not OperationCanceledException,
        };
    }

    /// <summary>
    /// The request, its credential in place, and the plan for its answer. What the provider cannot take is reported to
    /// <see cref="ProviderCall.Losses"/>, what makes no sense without it is a <see cref="GatewayErrorException"/> or an
    /// <see cref="InvalidRequestException"/>.
    /// </summary>
    protected abstract ValueTask<UpstreamExchange> PrepareAsync(ProviderCall call, CancellationToken cancellationToken);

    /// <summary>A request that spends nothing: for the list of models, where there is one.</summary>
    protected abstract ValueTask<HttpRequestMessage> PrepareCheckAsync(ProviderTarget provider, CancellationToken cancellationToken);

    /// <summary>What the answer to it lists; null where that is not all that the provider serves.</summary>
    protected virtual IReadOnlySet<string>? ReadModels(ReadOnlyMemory<byte> body) => null;

    /// <summary>A failed check was for the credential itself, not for what it may do.</summary>
    protected virtual bool IsCredentialFault(int status, UpstreamFault fault) => (fault.Status ?? status) == (int)HttpStatusCode.Unauthorized;

    /// <summary>What the provider says about a failure; never throws.</summary>
    protected abstract UpstreamFault FindFault(int status, HttpResponseHeaders headers, ReadOnlyMemory<byte> body);

    private static void RefuseLosses(ProviderCall call)
    {
        if (call.Request.IsStrict && call.Losses.HasLoss)
        {
            throw new GatewayErrorException(GatewayError.BadRequest(
                "lossy_translation",
                $"Provider '{call.Target.Provider.Name}' cannot be given all of this request: {string.Join(", ", call.Losses.Entries)}."));
        }
    }

    /// <summary>Any answer shows that it is there: keys may be restricted to making calls, and not every server has a list.</summary>
    private async Task<ProviderProbe> ReadCheckAsync(ProviderTarget provider, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode)
        {
            await using var bytes = await UpstreamBody.OpenAsync(response, cancellationToken);
            var body = await BoundedBody.ReadAsync(bytes, response.Content.Headers.ContentLength, options.Value.MaxAnswerBytes, cancellationToken);
            var models = body is null ? null : ReadModels(body.Memory);
            body?.Release();
            return new ProviderProbe(ProbeOutcome.Well) { Status = status, Models = models };
        }

        if (status >= (int)HttpStatusCode.InternalServerError)
        {
            return new ProviderProbe(ProbeOutcome.Failed, $"Provider '{provider.Name}' answered with status {status}.") { Status = status };
        }

        var error = await TryReadErrorBodyAsync(response, cancellationToken);
        var fault = error is null ? UpstreamFault.Unknown : FindFault(status, response.Headers, error.Memory);
        error?.Release();
        return IsCredentialFault(status, fault)
            ? new ProviderProbe(ProbeOutcome.Refused, $"Provider '{provider.Name}' refused the gateway's credential.") { Status = status }
            : new ProviderProbe(
                response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed ? ProbeOutcome.Reachable : ProbeOutcome.Well) { Status = status };
    }

    private async Task<(UpstreamFault Fault, UpstreamFailure Failure)> ReadErrorAsync(
        ProviderCall call, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var provider = call.Target.Provider;
        var status = (int)response.StatusCode;
        var body = await TryReadErrorBodyAsync(response, cancellationToken);
        var fault = body is null ? UpstreamFault.Unknown : FindFault(status, response.Headers, body.Memory);
        body?.Release();
        fault = fault with { Message = UpstreamErrors.Redact(fault.Message, provider) };
        return (fault, UpstreamErrors.FromStatus(
            provider.Name, fault.Status ?? status, fault, fault.RetryAfter ?? RetryHints.Read(response.Headers, timeProvider.GetUtcNow()), received: status));
    }

    /// <summary>The status says enough where the words are cut off or too many.</summary>
    private static async Task<BoundedBody?> TryReadErrorBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await using var bytes = await UpstreamBody.OpenAsync(response, cancellationToken);
            return await BoundedBody.ReadAsync(bytes, response.Content.Headers.ContentLength, MaxErrorBytes, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or InvalidDataException)
        {
            return null;
        }
    }

    private async Task<ProviderAnswer> ReadWholeAsync(
        ProviderCall call, AnswerPlan plan, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var other = IsOf(response, plan.StreamMediaType) ? OtherShape(call, plan, response) : null;
        var body = await ReadBodyAsync(call, response, cancellationToken);
        plan.ReadHeaders(response.Headers);
        return Read(call, response, () => other is null
            ? plan.ReadBody(call, body, (int)response.StatusCode)
            : other.ReadStreamAsBody(call, body, (int)response.StatusCode));
    }

    private async Task<BoundedBody> ReadBodyAsync(ProviderCall call, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var maxBytes = options.Value.MaxAnswerBytes;
        await using var bytes = await UpstreamBody.OpenAsync(response, cancellationToken);
        return await BoundedBody.ReadAsync(bytes, response.Content.Headers.ContentLength, maxBytes, cancellationToken)
            ?? throw Broken(call, response, $"answered with more than {maxBytes} bytes.", "answer_too_long");
    }

    private static ProviderAnswer Read(ProviderCall call, HttpResponseMessage response, Func<ProviderAnswer> read)
    {
        try
        {
            return read();
        }
        catch (JsonException exception)
        {
            throw Broken(call, response, "answered with something that is not JSON.", "malformed", exception);
        }
    }

    private async Task<ProviderAnswer> OpenStreamAsync(
        ProviderCall call, AnswerPlan plan, HttpResponseMessage response, UpstreamDeadline deadline)
    {
        if (IsOf(response, MediaTypeNames.Application.Json))
        {
            // A server that does not stream: the answer may be whole all the same.
            deadline.Allow(TimeSpan.MaxValue);
            var other = OtherShape(call, plan, response);
            var body = await ReadBodyAsync(call, response, deadline.Token);
            return Read(call, response, () => other.ReadBodyAsStream(call, body, (int)response.StatusCode));
        }

        if (!IsOf(response, plan.StreamMediaType))
        {
            throw Broken(call, response, "did not answer with a stream.", "shape_mismatch");
        }

        var bytes = await UpstreamBody.OpenAsync(response, deadline.Token);
        var stream = plan.CreateStream(call, new UpstreamStreamSource(response, bytes, deadline, options.Value, timeProvider));
        await stream.OpenAsync();
        return stream;
    }

    private TranslationPlan OtherShape(ProviderCall call, AnswerPlan plan, HttpResponseMessage response)
        => plan.OtherShape(call, timeProvider.GetUtcNow()) ?? throw Broken(call, response, "answered in another shape than it was asked for.", "shape_mismatch");

    private static bool IsOf(HttpResponseMessage response, string mediaType)
        => string.Equals(response.Content.Headers.ContentType?.MediaType, mediaType, StringComparison.OrdinalIgnoreCase);

    private static UpstreamException Broken(
        ProviderCall call, HttpResponseMessage response, string what, string detail, Exception? innerException = null)
    {
        var failure = UpstreamErrors.Failed(call.Target.Provider.Name, what, UpstreamPhase.Body, detail).WithStatus((int)response.StatusCode);
        return innerException is null ? new UpstreamException(failure) : new UpstreamException(failure, innerException);
    }
}
