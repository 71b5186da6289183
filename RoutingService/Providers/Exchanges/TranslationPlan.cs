using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

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

    public override TranslationPlan OtherShape(ProviderCall call, DateTimeOffset now) => this;

    public override ProviderAnswer ReadBody(ProviderCall call, BoundedBody body, int status)
        => Write(call, EventsOf(body), format.CreateBodyWriter(context), status, "application/json");

    /// <summary>Reads a whole answer to a call that asked for a stream.</summary>
    public ProviderAnswer ReadBodyAsStream(ProviderCall call, BoundedBody body, int status)
        => Write(call, EventsOf(body), format.CreateStreamWriter(context), status, "text/event-stream; charset=utf-8");

    /// <summary>Reads a stream, all of it at hand, that answers a call that asked for none.</summary>
    public ProviderAnswer ReadStreamAsBody(ProviderCall call, BoundedBody body, int status)
    {
        var reader = createReader();
        var halves = new HalfCharacters();
        var events = new List<StreamEvent>();
        var rest = body.Memory;
        while (reader.FindFrameEnd(rest.Span, 0) is > 0 and var length)
        {
            reader.Read(reader.HasTextFrames ? halves.Join(rest.Span[..length]) : rest.Span[..length], events);
            rest = rest[length..];
        }

        reader.End(events);
        body.Release();
        if (!events.Exists(streamEvent => streamEvent is not (AnswerStarted or PartEnded or UsageReported or MessageEnded)))
        {
            // An end alone is no sign that the rest is all there.
            throw NoAnswer(call, "answered with a stream that says nothing.", status);
        }

        return Write(call, events, format.CreateBodyWriter(context), status, "application/json");
    }

    private List<StreamEvent> EventsOf(BoundedBody body)
    {
        var events = new List<StreamEvent>();
        readBody(HalfCharacters.Mend(body.Memory), events);
        body.Release();
        return events;
    }

    private static WholeAnswer Write(ProviderCall call, List<StreamEvent> events, IAnswerWriter writer, int status, string contentType)
    {
        using var output = new PooledOutput();
        LlmUsage? reported = null;
        var textBytes = 0L;
        foreach (var streamEvent in events)
        {
            switch (streamEvent)
            {
                case AnswerFailed failed:
                    throw new UpstreamException(FailureOf(call, failed, UpstreamPhase.Body));
                case MessageEnded ended:
                    reported = ended.Usage is { IsPlausible: true } told ? told : reported;
                    writer.Write(output, ended with { Usage = reported ?? UsageMapping.Estimate(call.Request.Facts, textBytes) });
                    return new WholeAnswer(output.ToArray(), status, UsageOf(call, reported, textBytes), call.Losses, contentType: contentType, serviceTier: reported?.ServiceTier);
                case UsageReported usage:
                    reported = usage.Usage.IsPlausible ? usage.Usage : reported;
                    break;
                default:
                    textBytes += UsageMapping.TextBytes(streamEvent);
                    writer.Write(output, streamEvent);
                    break;
            }
        }

        throw NoAnswer(call, "answered without an end.", status);
    }

    private static UpstreamException NoAnswer(ProviderCall call, string what, int status)
        => new(UpstreamErrors.Failed(call.Target.Provider.Name, what, UpstreamPhase.Body, "no_terminal").WithStatus(status));
}
