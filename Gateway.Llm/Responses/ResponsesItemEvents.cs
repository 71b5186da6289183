using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Responses;

/// <summary>
/// Makes events of output items, whether their content came in pieces before the whole item or not. Items are told apart by their place in the
/// output: one proxy changes their ids on the way.
/// </summary>
internal sealed class ResponsesItemEvents(List<StreamEvent> events)
{
    private readonly Dictionary<int, int> _calls = [];
    private readonly HashSet<int> _withContent = [];
    private (int Item, int Part) _summary = (-1, 0);

    public bool HasCalls => _calls.Count > 0;

    public bool HasRefusal { get; private set; }

    public void Added(int outputIndex, JsonElement item)
    {
        var isFreeform = item.FindText("type") == "custom_tool_call";
        if ((isFreeform || item.FindText("type") == "function_call") && _calls.TryAdd(outputIndex, _calls.Count))
        {
            events.Add(new ToolCallStarted(_calls[outputIndex], item.FindText("call_id") ?? item.FindText("id") ?? "", item.FindText("name") ?? "")
            {
                IsFreeform = isFreeform,
            });
        }
    }

    public void Arguments(int outputIndex, string? piece)
    {
        if (!string.IsNullOrEmpty(piece) && _calls.TryGetValue(outputIndex, out var call))
        {
            _withContent.Add(outputIndex);
            events.Add(new ToolCallDelta(call, piece));
        }
    }

    public void Text(int outputIndex, string? piece)
    {
        _withContent.Add(outputIndex);
        if (!string.IsNullOrEmpty(piece))
        {
            events.Add(new TextDelta(piece));
        }
    }

    public void Refusal(int outputIndex, string? piece)
    {
        _withContent.Add(outputIndex);
        HasRefusal = true;
        if (!string.IsNullOrEmpty(piece))
        {
            events.Add(new RefusalDelta(piece));
        }
    }

    /// <param name="part">Each summary of an item is a paragraph.</param>
    public void Reasoning(int outputIndex, int part, string? piece)
    {
        if (string.IsNullOrEmpty(piece))
        {
            return;
        }

        if (_summary.Item == outputIndex && _summary.Part != part)
        {
            piece = $"\n\n{piece}";
        }

        _summary = (outputIndex, part);
        _withContent.Add(outputIndex);
        events.Add(new ReasoningDelta(piece));
    }

    /// <summary>The whole item: what has not come in pieces comes now.</summary>
    public void Done(int outputIndex, JsonElement item)
    {
        var isNew = !_withContent.Contains(outputIndex);
        switch (item.FindText("type"))
        {
            case "message":
                if (isNew)
                {
                    ResponsesOutputReader.ReadMessage(item, events);
                    HasRefusal |= item.FindArray("content").Any(part => part.FindText("refusal") is not null);
                }

                break;
            case "reasoning":
                if (isNew && ResponsesOutputReader.ReasoningText(item) is { Length: > 0 } text)
                {
                    events.Add(new ReasoningDelta(text));
                }

                if (ResponsesOutputReader.ReasoningState(item) is { } state)
                {
                    events.Add(new ReasoningSigned(state));
                }

                events.Add(PartEnded.Instance);
                break;
            case "function_call" or "custom_tool_call":
                Added(outputIndex, item);
                if (isNew)
                {
                    Arguments(outputIndex, item.FindText("arguments") ?? item.FindText("input"));
                }

                events.Add(PartEnded.Instance);
                break;
            case not null:
                events.Add(new NativePartAdded(new NativePart(Origins.OpenAI, item.Clone())));
                break;
        }
    }
}
