using System.Text;
using System.Threading.Channels;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;

namespace Tests.Journal;

/// <summary>Answers every call with the pieces that the test gives it, as it gives them.</summary>
internal sealed class ScriptedRouter(string contentType) : IModelRouter
{
    private readonly Channel<string> _pieces = Channel.CreateUnbounded<string>();

    public int Dispatches { get; private set; }

    public GatewayError? Error { get; set; }

    public void Send(string piece) => _pieces.Writer.TryWrite(piece);

    public void End() => _pieces.Writer.Complete();

    public Task<Dispatch> DispatchAsync(DispatchRequest request, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        Dispatches++;
        return Task.FromResult<Dispatch>(new ScriptedDispatch(this, contentType));
    }

    public Task<RouteExplanation> ExplainAsync(RouteQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<ModelQuote> QuoteAsync(string model, string? serviceTier, CancellationToken cancellationToken) => ValueTask.FromResult(new ModelQuote { IsKnown = true });

    public Task<ModelList> ListModelsAsync(CancellationToken cancellationToken) => Task.FromResult(new ModelList([]));

    public Task<RouterHealth> CheckHealthAsync(CancellationToken cancellationToken) => Task.FromResult(new RouterHealth(IsUsable: true));

    private sealed class ScriptedDispatch(ScriptedRouter router, string contentType) : Dispatch
    {
        private DispatchEnd? _end;

        public override DispatchHead Head { get; } = new() { Provider = "p", UpstreamModel = "m", Attempts = 1, ContentType = contentType };

        public override DispatchEnd? End => _end;

        public override async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
        {
            if (await router._pieces.Reader.WaitToReadAsync(cancellationToken) && router._pieces.Reader.TryRead(out var piece))
            {
                return Encoding.UTF8.GetBytes(piece);
            }

            _end = new DispatchEnd { Usage = new TokenUsage { Output = 1 }, UsageSource = UsageSource.Provider, Cost = new NanoUsd(5), Error = router.Error };
            return default;
        }

        public override ValueTask DisposeAsync()
        {
            _end ??= new DispatchEnd { Usage = new TokenUsage { Output = 1 }, UsageSource = UsageSource.Partial, Cost = new NanoUsd(3) };
            return ValueTask.CompletedTask;
        }
    }
}
