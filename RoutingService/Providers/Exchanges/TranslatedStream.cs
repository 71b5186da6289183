using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace RoutingService.Providers.Exchanges;

/// <summary>Reads a provider's frames into events and writes the events in the client's format.</summary>
internal sealed class TranslatedStream(ProviderCall call, UpstreamStreamSource source, EventReader reader, IAnswerWriter writer)
    : UpstreamStream(call, source)
{
    private readonly PooledOutput _output = new();
    private readonly List<StreamEvent> _events = [];
    private readonly HalfCharacters _halves = new();
    private readonly Func<ReadOnlySpan<byte>, int, int> _findEnd = reader.FindFrameEnd;
    private LlmUsage? _reported;
    private bool _isFinal;
    private bool _hasContent;
    private long _textBytes;
    private long _textEvents;

    protected override bool HasContent => _hasContent;

    protected override bool IsFinal => _isFinal;

    protected override LlmUsage? Reported => _reported;

    protected override long TextBytes => _textBytes;

    protected override long TextEvents => _textEvents;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _output.Dispose();
    }

    protected override ReadOnlyMemory<byte> TakeFrames()
    {
        _output.Clear();
        while (!IsEnded && NextFrame(_findEnd) is > 0 and var length)
        {
            Read(Unread(length).Span);
            Consume(length);
        }

        return _output.Written;
    }

    protected override ReadOnlyMemory<byte> TakeEnding()
    {
        _output.Clear();
        reader.End(_events);
        WriteEvents();
        if (!IsEnded)
        {
            EndedEarly();
        }

        return _output.Written;
    }

    private void Read(ReadOnlySpan<byte> frame)
    {
        try
        {
            reader.Read(reader.HasTextFrames ? _halves.Join(frame) : frame, _events);
        }
        catch (IOException)
        {
            // Bytes that are no frames: what follows cannot be trusted either.
            _events.Clear();
            End(TooManyMalformed());
            return;
        }
        catch (JsonException)
        {
            // One bad event among good ones is left out; many are a broken stream.
            _events.Clear();
            if (++MalformedFrames > MaxMalformedFrames)
            {
                End(TooManyMalformed());
            }

            return;
        }

        WriteEvents();
    }

    private void WriteEvents()
    {
        foreach (var streamEvent in _events)
        {
            if (IsEnded)
            {
                break;
            }

            Write(streamEvent);
        }

        _events.Clear();
    }

    private void Write(StreamEvent streamEvent)
    {
        switch (streamEvent)
        {
            case AnswerFailed failed:
                End(AnswerPlan.FailureOf(Call, failed, Phase));
                return;
            case UsageReported usage:
                _reported = usage.Usage.IsPlausible ? usage.Usage : _reported;
                break;
            case MessageEnded ended:
                _reported = ended.Usage is { IsPlausible: true } told ? told : _reported;
                _isFinal = true;
                _hasContent = true;
                streamEvent = ended with { Usage = _reported ?? UsageMapping.Estimate(Call.Request.Facts, _textBytes, _textEvents) };
                Finish();
                break;
            default:
                var bytes = UsageMapping.TextBytes(streamEvent);
                _textBytes += bytes;
                _textEvents += bytes > 0 ? 1 : 0;
                _hasContent |= streamEvent is not (AnswerStarted or PartEnded);
                break;
        }

        writer.Write(_output, streamEvent);
    }
}
