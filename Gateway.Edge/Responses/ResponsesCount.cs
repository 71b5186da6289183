using System.Buffers;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;
using Gateway.Edge.Pipeline;

namespace Gateway.Edge.Responses;

/// <summary>A count of tokens: what it refers to is counted with it, and nothing is kept.</summary>
internal sealed class ResponsesCount(ResponsesCall call) : ICallState
{
    private int _bytes;

    public async ValueTask<(ReadOnlyMemory<byte> Body, RequestFacts Facts)> CompleteAsync(
        string secret, ReadOnlyMemory<byte> body, RequestFacts facts, CancellationToken cancellationToken)
    {
        var (completed, found) = await call.CompleteAsync(secret, body, facts, cancellationToken);
        return (completed, found with { Stream = false, MaxOutputTokens = null });
    }

    public ValueTask AdmittedAsync(KeyIdentity key, RequestFacts facts, ModelQuote quote, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> piece)
    {
        output.Write(piece);
        _bytes += piece.Length;
    }

    public ValueTask<int> EndAsync(IBufferWriter<byte> output, KeyIdentity key, CancellationToken cancellationToken) => ValueTask.FromResult(_bytes);

    public ValueTask FailAsync(IBufferWriter<byte> output, GatewayError error, KeyIdentity key, CancellationToken cancellationToken)
        => call.FailAsync(output, error, key, cancellationToken);
}
