using System.Buffers;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;

namespace Gateway.Edge.Pipeline;

/// <summary>What a format remembers from call to call: it completes the request, and keeps the answer before its client has all of it.</summary>
internal interface ICallState
{
    /// <summary>The request with all that it refers to, and what is to be known of it now.</summary>
    ValueTask<(ReadOnlyMemory<byte> Body, RequestFacts Facts)> CompleteAsync(
        string secret, ReadOnlyMemory<byte> body, RequestFacts facts, CancellationToken cancellationToken);

    /// <summary>The call is admitted, and goes to a provider now.</summary>
    ValueTask AdmittedAsync(KeyIdentity key, RequestFacts facts, ModelQuote quote, CancellationToken cancellationToken);

    /// <summary>A piece of the answer on its way to the client; what ends the answer is held back.</summary>
    void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> piece);

    /// <summary>The answer is complete: it is kept, and what was held back is written. Returns how many bytes that is.</summary>
    ValueTask<int> EndAsync(IBufferWriter<byte> output, KeyIdentity key, CancellationToken cancellationToken);

    /// <summary>The stream broke off: that is kept, and what the client's format says then is written.</summary>
    ValueTask FailAsync(IBufferWriter<byte> output, GatewayError error, KeyIdentity key, CancellationToken cancellationToken);
}
