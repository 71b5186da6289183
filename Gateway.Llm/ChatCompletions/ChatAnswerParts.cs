using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.ChatCompletions;

/// <summary>
/// What both writers of an answer have to know of the events so far: the reasoning that is still open, where the open text began, what has no
/// place in this format. State of one answer.
/// </summary>
internal sealed class ChatAnswerParts(AnswerContext context)
{
    private readonly GatheredText _reasoning = new();
    private int _reasoningCount;
    private bool _isText;

    public bool IsLegacy { get; } = context.Request.UsesLegacyFunctions;

    public bool HasRefusal { get; private set; }

    public int TextLength { get; private set; }

    /// <summary>Where the open text began, in characters.</summary>
    public int TextStart { get; private set; }

    /// <summary>Learns from an event before it is written.</summary>
    public void Read(StreamEvent streamEvent)
    {
        switch (streamEvent)
        {
            case TextDelta delta:
                TextStart = _isText ? TextStart : TextLength;
                _isText = true;
                TextLength += delta.Text.Length;
                break;
            case RefusalDelta:
                HasRefusal = true;
                _isText = false;
                break;
            case ReasoningDelta delta:
                _reasoning.Append(delta.Text);
                _isText = false;
                break;
            case PartEnded or ToolCallStarted:
                _isText = false;
                _reasoning.Clear();
                break;
            case NativePartAdded added when !IsAudio(added.Part):
                context.Losses.Dropped(TypeOf(added.Part));
                break;
            case CitationAdded { Citation.Url: null }:
                context.Losses.Dropped("citations");
                break;
            case MessageEnded ended when ChatVocabulary.IsChanged(ended.Reason):
                context.Losses.Changed("finish_reason");
                break;
        }
    }

    /// <summary>The text of the reasoning that is signed now, and the number of its detail.</summary>
    public (string Text, int Index) TakeReasoning()
    {
        var text = _reasoning.ToString();
        _reasoning.Clear();
        return (text, _reasoningCount++);
    }

    public static bool IsAudio(NativePart part) => part.Origin == ChatVocabulary.AudioOrigin;

    public static string TypeOf(NativePart part)
        => part.Json.ValueKind == System.Text.Json.JsonValueKind.Object && part.Json.TryGetProperty("type", out var type) && type.GetString() is { } name
            ? name
            : "native_part";
}
