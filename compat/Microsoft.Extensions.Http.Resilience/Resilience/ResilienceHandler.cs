using Polly;

namespace Microsoft.Extensions.Http.Resilience;

internal sealed class ResilienceHandler(Func<HttpRequestMessage, ResiliencePipeline<HttpResponseMessage>> pipelineFor) : DelegatingHandler
{
    private static readonly ResiliencePropertyKey<HttpRequestMessage> RequestMessage = new("Resilience.Http.RequestMessage");

    public static HttpRequestMessage? RequestOf(ResilienceContext context)
        => context.Properties.TryGetValue(RequestMessage, out var request) ? request : null;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(RequestMessage, request);
        try
        {
            return await pipelineFor(request).ExecuteAsync(
                static async (context, state) => await state.Handler.SendOnceAsync(state.Request, context.CancellationToken),
                context,
                (Handler: this, Request: request));
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        => base.SendAsync(request, cancellationToken);
}
