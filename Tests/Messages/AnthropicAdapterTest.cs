using System.Text;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using Microsoft.Extensions.Options;
using RoutingService.Providers;
using RoutingService.Providers.Anthropic;
using RoutingService.Upstream;
using Tests.Routing;

namespace Tests.Messages;

/// <summary>Anthropic's adapter in front of a simulator of its own.</summary>
public abstract class AnthropicAdapterTest : AdapterTest
{
    private protected override IProviderAdapter CreateAdapter(UpstreamHttp http, IOptions<UpstreamOptions> options)
        => new AnthropicAdapter(http, options, Clock);

    private protected static byte[] MessagesBody(bool stream = false, string more = "", string messages = """[{"role":"user","content":"Say something."}]""")
        => Encoding.UTF8.GetBytes($$"""{"model":"client-model","max_tokens":100{{(stream ? ",\"stream\":true" : "")}}{{more}},"messages":{{messages}}}""");

    private protected async Task<Exchange> RunAsync(
        ClientFormat format, string model, byte[] body, Func<DispatchRequest, DispatchRequest>? change = null)
    {
        try
        {
            await using var answer = await SendAsync(model, body, format: format, change: change);
            var bytes = await ReadToEndAsync(answer);
            return new Exchange(null, bytes, answer.Usage.Usage, answer.Usage.Source, answer.Error) { Losses = answer.Losses?.Entries ?? [] };
        }
        catch (GatewayErrorException exception)
        {
            return new Exchange(exception.Error, [], default, UsageSource.None, null);
        }
    }
}
