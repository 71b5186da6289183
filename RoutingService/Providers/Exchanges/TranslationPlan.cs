using System.Buffers;
using Gateway.Llm.Canonical;

namespace RoutingService.Providers.Exchanges;

/// <summary>The provider's answer is read into events, and the events are written in the client's format.</summary>
/// <param name="createReader">For a stream.</param>
/// <param name="readBody">For a whole answer: the same events at once.</param>
internal sealed class TranslationPlan(
    IClientFormat format, AnswerContext context, Func<EventReader> createReader, Action<ReadOnlyMemory<byte>, List<StreamEvent>> readBody) : AnswerPlan
{
    public string MediaType { get; init; } = "text/event-stream";

    public override string StreamMediaType => MediaType;

    public override UpstreamStream CreateStream(ProviderCall call, UpstreamStreamSource source)
        => new TranslatedStream(call, source, createReader(), format.CreateStreamWriter(context));

    public override ProviderAnswer ReadBody(ProviderCall call, BoundedBody body, int status)
    {
        var events = new List<StreamEvent>();
        readBody(body.Memory, events);
        body.Release();

        var writer = format.CreateBodyWriter(context);
        var output = new ArrayBufferWriter<byte>();
        LlmUsage? reported = null;
        var textBytes = 0L;
        foreach (var streamEvent in events)
        {
            switch (streamEvent)
            {
                case AnswerFailed failed:
                    throw new UpstreamException(FailureOf(call, failed, UpstreamPhase.Body));
                case MessageEnded ended:
                    reported = ended.Usage ?? reported;
                    writer.Write(output, ended with { Usage = reported ?? UsageMapping.Estimate(call.Request.Facts, textBytes) });
                    return new WholeAnswer(output.WrittenMemory, status, UsageOf(call, reported, textBytes), call.Losses);
                case UsageReported usage:
                    reported = usage.Usage;
                    break;
                default:
                    textBytes += UsageMapping.TextBytes(streamEvent);
                    writer.Write(output, streamEvent);
                    break;
            }
        }

        throw new UpstreamException(
            UpstreamErrors.Failed(call.Target.Provider.Name, "answered without an end.", UpstreamPhase.Body, "no_terminal").WithStatus(status));
    }
}
