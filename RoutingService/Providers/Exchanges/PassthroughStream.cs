using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.ServerSentEvents;

namespace RoutingService.Providers.Exchanges;

/// <summary>
/// Passes a stream's bytes on in whole events. What the books need is read on the way; events that only the gateway asked for are left out.
/// </summary>
internal sealed class PassthroughStream(ProviderCall call, UpstreamStreamSource source, AnswerScan scan) : UpstreamStream(call, source)
{
    private static readonly Func<ReadOnlySpan<byte>, int, int> FindEnd = SseBoundary.FindEnd;

    protected override bool HasContent => scan.HasContent;

    protected override bool IsFinal => scan.IsDone;

    protected override LlmUsage? Reported => scan.Usage;

    protected override long TextBytes => scan.TextBytes;

    protected override long TextEvents => scan.TextEvents;

    /// <summary>The events at hand up to the first one that is left out.</summary>
    protected override ReadOnlyMemory<byte> TakeFrames()
    {
        var taken = 0;
        while (NextFrame(FindEnd) is > 0 and var length)
        {
            var isForClient = IsForClient(SseEvent.Data(Unread(length).Span));
            Consume(length);
            if (scan.Failure is { } failure)
            {
                End(AnswerPlan.FailureOf(Call, failure, Phase));
            }

            if (!isForClient || IsEnded)
            {
                if (taken > 0 || IsEnded)
                {
                    return Consumed(taken, behind: length);
                }

                continue;
            }

            taken += length;
            if (scan.IsDone)
            {
                Finish();
                break;
            }
        }

        return Consumed(taken);
    }

    protected override ReadOnlyMemory<byte> TakeEnding()
    {
        if (scan.Ending is not { } ending)
        {
            return EndedEarly();
        }

        Finish();
        return ending;
    }

    private bool IsForClient(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
        {
            return true;
        }

        try
        {
            return scan.ReadEvent(data);
        }
        catch (JsonException)
        {
            // One bad event among good ones is left out; many are a broken stream.
            if (++MalformedFrames > MaxMalformedFrames)
            {
                End(TooManyMalformed());
            }

            return false;
        }
    }
}
