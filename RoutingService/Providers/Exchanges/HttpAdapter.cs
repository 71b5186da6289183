using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using Gateway.Llm;
using Microsoft.Extensions.Options;
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

    public virtual bool Serves(CallOperation operation) => operation is CallOperation.Generate or CallOperation.CountTokens;

    protected TimeProvider TimeProvider => timeProvider;

    public virtual string? FindSettingFault(string name, string value) => null;

    public async Task<ProviderAnswer> SendAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var provider = call.Target.Provider;
        var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(options.Value.FirstByteSeconds));
        HttpResponseMessage? response = null;
        try
        {
            var exchange = await PrepareAsync(call, deadline.Token);
            RefuseLosses(call);
            response = await http.SendAsync(provider, exchange.Request, deadline.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                var (fault, error) = await ReadErrorAsync(call, response, deadline.Token);
                return exchange.Plan.AnswerInstead(call, fault) ?? throw new GatewayErrorException(error);
            }

            if (!call.Request.Facts.Stream)
            {
                return await ReadBodyAsync(call, exchange.Plan, response, deadline.Token);
            }

            var stream = await OpenStreamAsync(call, exchange.Plan, response, deadline);
            // The stream owns them now.
            (response, deadline) = (null, null);
            return stream;
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The deadline is ours; the handler gives up by itself only while it connects.
            var isDeadline = deadline?.IsCancellationRequested == true;
            throw new GatewayErrorException(isDeadline ? UpstreamErrors.Timeout(provider.Name) : UpstreamErrors.Unreachable(provider.Name), exception);
        }
        catch (InvalidRequestException exception)
        {
            throw new GatewayErrorException(GatewayError.BadRequest(exception.Code, exception.Message, exception.Param), exception);
        }
        catch (HttpRequestException exception)
        {
            throw new GatewayErrorException(UpstreamErrors.FromTransport(provider.Name, exception), exception);
        }
        catch (IOException exception)
        {
            throw new GatewayErrorException(UpstreamErrors.Failed(provider.Name, "broke off its answer."), exception);
        }
        finally
        {
            response?.Dispose();
            deadline?.Dispose();
        }
    }

    /// <summary>
    /// The request, its credential in place, and the plan for its answer. What the provider cannot take is reported to
    /// <see cref="ProviderCall.Losses"/>, what makes no sense without it is a <see cref="GatewayErrorException"/> or an
    /// <see cref="InvalidRequestException"/>.
    /// </summary>
    protected abstract ValueTask<UpstreamExchange> PrepareAsync(ProviderCall call, CancellationToken cancellationToken);

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

    private async Task<(UpstreamFault Fault, GatewayError Error)> ReadErrorAsync(ProviderCall call, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var provider = call.Target.Provider;
        var status = (int)response.StatusCode;
        var body = await BoundedBody.ReadAsync(response, MaxErrorBytes, cancellationToken);
        var fault = body is null ? UpstreamFault.Unknown : FindFault(status, response.Headers, body.Memory);
        body?.Release();
        fault = fault with { Message = UpstreamErrors.Redact(fault.Message, provider) };
        var error = UpstreamErrors.FromStatus(
            provider.Name, fault.Status ?? status, fault, fault.RetryAfter ?? RetryHints.Read(response.Headers, timeProvider.GetUtcNow()));
        return (fault, error with { UpstreamStatus = status });
    }

    private async Task<ProviderAnswer> ReadBodyAsync(
        ProviderCall call, AnswerPlan plan, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var provider = call.Target.Provider.Name;
        var maxBytes = options.Value.MaxAnswerBytes;
        var body = await BoundedBody.ReadAsync(response, maxBytes, cancellationToken)
            ?? throw new GatewayErrorException(UpstreamErrors.Failed(provider, $"answered with more than {maxBytes} bytes."));
        try
        {
            plan.ReadHeaders(response.Headers);
            return plan.ReadBody(call, body, (int)response.StatusCode);
        }
        catch (JsonException exception)
        {
            throw new GatewayErrorException(UpstreamErrors.Failed(provider, "answered with something that is not JSON."), exception);
        }
    }

    private async Task<ProviderAnswer> OpenStreamAsync(
        ProviderCall call, AnswerPlan plan, HttpResponseMessage response, CancellationTokenSource deadline)
    {
        if (response.Content.Headers.ContentType?.MediaType != plan.StreamMediaType)
        {
            throw new GatewayErrorException(UpstreamErrors.Failed(call.Target.Provider.Name, "did not answer with a stream."));
        }

        var bytes = await response.Content.ReadAsStreamAsync(deadline.Token);
        var source = new UpstreamStreamSource(response, bytes, deadline, TimeSpan.FromSeconds(options.Value.IdleSeconds), timeProvider);
        var stream = plan.CreateStream(call, source);
        await stream.OpenAsync(deadline.Token);
        return stream;
    }
}
