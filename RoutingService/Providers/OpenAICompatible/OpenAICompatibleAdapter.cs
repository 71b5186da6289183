using System.Net.Http.Headers;
using System.Net.Mime;
using Microsoft.Extensions.Options;
using RoutingService.Providers.Exchanges;
using RoutingService.Upstream;

namespace RoutingService.Providers.OpenAICompatible;

/// <summary>A provider that speaks Chat Completions.</summary>
internal sealed class OpenAICompatibleAdapter(UpstreamHttp http, IOptions<UpstreamOptions> options, TimeProvider timeProvider)
    : HttpAdapter(http, options, timeProvider)
{
    public const string TypeName = "openai_compatible";

    public override string Type => TypeName;

    protected override ValueTask<UpstreamExchange> PrepareAsync(ProviderCall call, CancellationToken cancellationToken)
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

        return ValueTask.FromResult(new UpstreamExchange(request, new PassthroughPlan(new ChatAnswerScan(call))));
    }

    protected override UpstreamFault FindFault(int status, HttpResponseHeaders headers, ReadOnlyMemory<byte> body) => OpenAIErrors.FindFault(body);
}
