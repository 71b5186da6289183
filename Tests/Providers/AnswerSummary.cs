using System.Text;
using Gateway.Llm.Canonical;
using RoutingService.Providers;

namespace Tests.Providers;

/// <summary>The events of an answer put together: what a client would have at its end.</summary>
internal sealed class AnswerSummary
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _reasoning = new();
    private readonly List<(string Id, string Name, StringBuilder Arguments)> _calls = [];

    public string Text => _text.ToString();

    public string Reasoning => _reasoning.ToString();

    public IReadOnlyList<string> Calls => [.. _calls.Select(call => $"{call.Name} {call.Arguments}")];

    public IReadOnlyList<string> CallIds => [.. _calls.Select(call => call.Id)];

    public List<string> States { get; } = [];

    public List<NativePart> Natives { get; } = [];

    public List<Citation> Citations { get; } = [];

    public List<LogprobsAdded> Logprobs { get; } = [];

    public string? UpstreamModel { get; private set; }

    public MessageEnded? Ended { get; private set; }

    public AnswerFailed? Failed { get; private set; }

    public static AnswerSummary Of(IEnumerable<StreamEvent> events)
    {
        var summary = new AnswerSummary();
        foreach (var streamEvent in events)
        {
            summary.Add(streamEvent);
        }

        return summary;
    }

    /// <summary>As the gateway reads it: the frames that are whole, then the end of the connection.</summary>
    public static List<StreamEvent> ReadStream(EventReader reader, ReadOnlySpan<byte> bytes)
    {
        var events = new List<StreamEvent>();
        while (reader.FindFrameEnd(bytes, 0) is > 0 and var length)
        {
            reader.Read(bytes[..length], events);
            bytes = bytes[length..];
        }

        reader.End(events);
        return events;
    }

    public static RequestTranslation Translation(LlmRequest request, string model, LossReport losses, Gateway.Contracts.ClientFormat format = Gateway.Contracts.ClientFormat.Chat)
        => new(request, format, "upstream", model, losses);

    private void Add(StreamEvent streamEvent)
    {
        switch (streamEvent)
        {
            case AnswerStarted started:
                UpstreamModel = started.UpstreamModel;
                break;
            case TextDelta delta:
                _text.Append(delta.Text);
                break;
            case ReasoningDelta delta:
                _reasoning.Append(delta.Text);
                break;
            case ReasoningSigned signed:
                States.Add(signed.State.Value);
                break;
            case TextSigned signed:
                States.Add(signed.State.Value);
                break;
            case ToolCallStarted started:
                _calls.Add((started.Id, started.Name, new StringBuilder()));
                if (started.State is { } state)
                {
                    States.Add(state.Value);
                }

                break;
            case ToolCallDelta delta:
                _calls[delta.Index].Arguments.Append(delta.ArgumentsPart);
                break;
            case NativePartAdded added:
                Natives.Add(added.Part);
                break;
            case CitationAdded added:
                Citations.Add(added.Citation);
                break;
            case LogprobsAdded added:
                Logprobs.Add(added);
                break;
            case MessageEnded ended:
                Ended = ended;
                break;
            case AnswerFailed failed:
                Failed = failed;
                break;
        }
    }
}
