using System.Text;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;

namespace Tests.Edge;

/// <summary>An answer in the pieces that the test says, with an end that counts the pieces that were given.</summary>
internal sealed class ScriptedDispatch(DispatchHead head, params string[] pieces) : Dispatch
{
    private DispatchEnd? _end;
    private int _given;

    /// <summary>After its pieces the answer neither goes on nor ends, until it is cancelled.</summary>
    public bool Stalls { get; init; }

    /// <summary>After its pieces the answer breaks off.</summary>
    public GatewayError? Error { get; init; }

    /// <summary>After its pieces the service itself fails.</summary>
    public bool Throws { get; init; }

    /// <summary>What else its end says.</summary>
    public Func<DispatchEnd, DispatchEnd> Complete { get; init; } = end => end;

    public TaskCompletionSource Disposed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override DispatchHead Head => head;

    public override DispatchEnd? End => _end;

    public override long OutputTokens => _given;

    public override async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_given < pieces.Length)
        {
            return Encoding.UTF8.GetBytes(pieces[_given++]);
        }

        if (Stalls)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        if (Throws)
        {
            throw new InvalidOperationException("A fault of our own.");
        }

        Finish(UsageSource.Provider);
        return default;
    }

    public override ValueTask DisposeAsync()
    {
        Finish(UsageSource.Partial);
        Disposed.TrySetResult();
        return ValueTask.CompletedTask;
    }

    private void Finish(UsageSource source) => _end ??= Complete(new DispatchEnd
    {
        Error = Error,
        Usage = new TokenUsage { Input = 3, Output = _given },
        UsageSource = source,
        Cost = new NanoUsd(_given * 10),
    });
}

/// <summary>Gives each call the dispatch that the test says, and keeps what it was asked.</summary>
internal sealed class ScriptedRouter(Func<DispatchRequest, Dispatch> answer) : IModelRouter
{
    public DispatchRequest? Request { get; private set; }

    public byte[] Body { get; private set; } = [];

    public Task<Dispatch> DispatchAsync(DispatchRequest request, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        Request = request;
        Body = body.ToArray();
        return Task.FromResult(answer(request));
    }

    public Task<RouteExplanation> ExplainAsync(RouteQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<ModelQuote> QuoteAsync(string model, string? serviceTier, CancellationToken cancellationToken) => ValueTask.FromResult(new ModelQuote { IsKnown = model != "auto" });

    public Task<ModelList> ListModelsAsync(CancellationToken cancellationToken)
        => Task.FromResult(new ModelList([new ModelDescription("m", "p", DateTime.UnixEpoch)]));

    public Task<RouterHealth> CheckHealthAsync(CancellationToken cancellationToken) => Task.FromResult(new RouterHealth(IsUsable: true));
}
