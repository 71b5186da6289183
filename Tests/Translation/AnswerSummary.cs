using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Llm.Canonical;

namespace Tests.Translation;

/// <summary>The events of an answer put together: what a client has at its end, however it came.</summary>
internal sealed class AnswerSummary
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _refusal = new();
    private readonly StringBuilder _reasoning = new();
    private readonly List<(ToolCallStarted Call, StringBuilder Arguments)> _calls = [];

    public AnswerSummary(IEnumerable<StreamEvent> events)
    {
        foreach (var streamEvent in events)
        {
            Add(streamEvent);
        }
    }

    public string Text => _text.ToString();

    public string Refusal => _refusal.ToString();

    public string Reasoning => _reasoning.ToString();

    /// <summary>The maker and value of each state.</summary>
    public List<string> States { get; } = [];

    /// <summary>Name and arguments; JSON by what it says, since formats differ in its spelling.</summary>
    public IReadOnlyList<string> Calls => [.. _calls.Select(call => $"{call.Call.Name} {Arguments(call.Call, call.Arguments.ToString())}")];

    public IReadOnlyList<string> CallIds => [.. _calls.Select(call => call.Call.Id)];

    /// <summary>The arguments of a call are no JSON: the answer ended within them.</summary>
    public bool HasBrokenCall => _calls.Exists(call => !call.Call.IsFreeform && !IsJson(call.Arguments.ToString()));

    public bool HasFreeformCall => _calls.Exists(call => call.Call.IsFreeform);

    public int Natives { get; private set; }

    public int Citations { get; private set; }

    public MessageEnded? Ended { get; private set; }

    public AnswerFailed? Failed { get; private set; }

    /// <summary>All that both forms of one answer must have in common.</summary>
    public string Common => string.Join('\n', (IEnumerable<string>)
    [
        $"text {Text}", $"refusal {Refusal}", $"reasoning {Reasoning}", .. States, .. Calls, .. CallIds, $"{Ended?.Reason} {Ended?.StopSequence}", $"{Ended?.Usage}",
    ]);

    private void Add(StreamEvent streamEvent)
    {
        switch (streamEvent)
        {
            case TextDelta delta:
                _text.Append(delta.Text);
                break;
            case RefusalDelta delta:
                _refusal.Append(delta.Text);
                break;
            case ReasoningDelta delta:
                _reasoning.Append(delta.Text);
                break;
            case ReasoningSigned signed:
                States.Add($"{signed.State.Origin} {signed.State.Value}");
                break;
            case ToolCallStarted started:
                _calls.Add((started, new StringBuilder()));
                break;
            case ToolCallDelta delta:
                _calls[delta.Index].Arguments.Append(delta.ArgumentsPart);
                break;
            case NativePartAdded:
                Natives++;
                break;
            case CitationAdded:
                Citations++;
                break;
            case MessageEnded ended:
                Ended = ended;
                break;
            case AnswerFailed failed:
                Failed = failed;
                break;
        }
    }

    private static bool IsJson(string text)
    {
        try
        {
            JsonNode.Parse(text.Length == 0 ? "{}" : text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Arguments(ToolCallStarted call, string text)
    {
        if (call.IsFreeform)
        {
            return text;
        }

        try
        {
            return JsonNode.Parse(text.Length == 0 ? "{}" : text)!.ToJsonString();
        }
        catch (JsonException)
        {
            // Cut off by the output cap.
            return text;
        }
    }
}
