using System.Buffers;
using Gateway.Contracts.Usage;
using Gateway.Llm.Canonical;

namespace RoutingService.Providers.Simulated;

/// <summary>Writes a script as a stream, at the pace asked for.</summary>
internal sealed class SimulatedStream(
    IAnswerWriter writer, IReadOnlyList<StreamEvent> script, TimeSpan pause, TimeProvider timeProvider) : ProviderAnswer
{
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private int _next;
    private long _outputTokens;

    public override string ContentType => "text/event-stream; charset=utf-8";

    public override bool IsComplete => false;

    public override (TokenUsage Usage, UsageSource Source) Usage
    {
        get
        {
            var final = ((MessageEnded)script[^1]).Usage ?? default;
            return _next == script.Count
                ? (UsageMapping.ToTokenUsage(final), UsageSource.Provider)
                : (new TokenUsage { Input = final.Input, Output = _outputTokens }, UsageSource.Partial);
        }
    }

    public override async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        if (_next == script.Count)
        {
            return default;
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (_next > 0 && pause > TimeSpan.Zero)
        {
            await Task.Delay(pause, timeProvider, cancellationToken);
        }

        _buffer.ResetWrittenCount();
        var streamEvent = script[_next++];
        _outputTokens += streamEvent switch
        {
            TextDelta delta => SimulatedModels.CountTokens(delta.Text),
            ToolCallDelta delta => SimulatedModels.CountTokens(delta.ArgumentsPart),
            _ => 0,
        };
        writer.Write(_buffer, streamEvent);
        return _buffer.WrittenMemory;
    }
}
