using System.Net;
using System.Net.Http.Headers;
using System.Net.Mime;
using Gateway.Contracts.Errors;
using Microsoft.Extensions.Options;
using RoutingService.Upstream;

namespace RoutingService.Providers.OpenAICompatible;

/// <summary>
/// A provider that speaks the client's own dialect: the client's bytes go through with the model and the stream options spliced, the
/// answer's bytes come back as they are while a scanner reads their usage.
/// </summary>
internal sealed class OpenAICompatibleAdapter(UpstreamHttp http, IOptions<UpstreamOptions> options, TimeProvider timeProvider) : IProviderAdapter
{
    public const string TypeName = "openai_compatible";

    public string Type => TypeName;

    public async Task<ProviderAnswer> SendAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var provider = call.Target.Provider;
        var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(options.Value.FirstByteSeconds));
        HttpResponseMessage? response = null;
        try
        {
            response = await http.SendAsync(provider, CreateRequest(call), deadline.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new GatewayErrorException(await OpenAIErrors.ReadAsync(provider, response, timeProvider, deadline.Token));
            }

            ProviderAnswer answer = call.Request.Facts.Stream
                ? await OpenAIStream.OpenAsync(call, response, options.Value, deadline)
                : await OpenAIBody.ReadAsync(call, response, options.Value.MaxAnswerBytes, deadline.Token);
            if (answer is OpenAIStream)
            {
                // The stream owns them now.
                response = null;
                deadline = null;
            }

            return answer;
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The deadline is ours; the handler gives up by itself only while it connects.
            var isDeadline = deadline?.IsCancellationRequested == true;
            throw new GatewayErrorException(isDeadline ? UpstreamErrors.Timeout(provider.Name) : UpstreamErrors.Unreachable(provider.Name), exception);
        }
        catch (HttpRequestException exception)
        {
            throw new GatewayErrorException(OpenAIErrors.FromTransport(provider.Name, exception), exception);
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

    private static HttpRequestMessage CreateRequest(ProviderCall call)
    {
        var provider = call.Target.Provider;
        var baseUrl = provider.BaseUrl ?? throw new InvalidOperationException($"Provider '{provider.Name}' has no base URL.");
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{baseUrl.AbsoluteUri.TrimEnd('/')}/chat/completions"))
        {
            Content = new SplicedContent(call.Body, ChatSplice.Plan(call)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json);
        if (provider.Credential is { } credential)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential.Reveal());
        }

        return request;
    }
}
