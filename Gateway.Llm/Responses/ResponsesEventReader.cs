using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;
using Gateway.Llm.ServerSentEvents;

namespace Gateway.Llm.Responses;

/// <summary>Reads a Responses stream into events. Event types that it does not know say nothing: vendors add some all the time.</summary>
public sealed class ResponsesEventReader : EventReader
{
    private readonly List<StreamEvent> _events = [];
    private readonly ResponsesItemEvents _items;

    public ResponsesEventReader() => _items = new ResponsesItemEvents(_events);

    public override void Read(ReadOnlySpan<byte> frame, List<StreamEvent> events)
    {
        var data = SseEvent.Data(frame);
        if (data.IsEmpty)
        {
            return;
        }

        var reader = new Utf8JsonReader(data);
        using var document = JsonDocument.ParseValue(ref reader);
        Read(document.RootElement);
        events.AddRange(_events);
        _events.Clear();
    }

    private void Read(JsonElement data)
    {
        var index = data.FindInt("output_index") ?? 0;
        switch (data.FindText("type"))
        {
            case "response.created" when data.FindObject("response") is { } response:
                _events.Add(new AnswerStarted(response.FindText("id"), response.FindText("model")));
                break;
            case "response.output_item.added" when data.FindObject("item") is { } item:
                _items.Added(index, item);
                break;
            case "response.output_item.done" when data.FindObject("item") is { } item:
                _items.Done(index, item);
                break;
            case "response.output_text.delta":
                _items.Text(index, data.FindText("delta"));
                ResponsesOutputReader.AddLogprobs(data, _events);
                break;
            case "response.output_text.annotation.added" when data.FindObject("annotation") is { } annotation:
                _events.Add(new CitationAdded(ResponsesOutputReader.ReadCitation(annotation)));
                break;
            case "response.refusal.delta":
                _items.Refusal(index, data.FindText("delta"));
                break;
            case "response.content_part.done":
                _events.Add(PartEnded.Instance);
                break;
            case "response.reasoning_summary_text.delta":
                _items.Reasoning(index, data.FindInt("summary_index") ?? 0, data.FindText("delta"));
                break;
            case "response.reasoning_text.delta":
                _items.Reasoning(index, data.FindInt("content_index") ?? 0, data.FindText("delta"));
                break;
            case "response.function_call_arguments.delta" or "response.custom_tool_call_input.delta":
                _items.Arguments(index, data.FindText("delta"));
                break;
            case "response.completed" or "response.incomplete" when data.FindObject("response") is { } response:
                IsEnded = true;
                _events.Add(new MessageEnded(
                    ResponsesOutputReader.ReadFinish(response, _items.HasCalls, _items.HasRefusal), ResponsesUsage.Read(response)));
                break;
            case "response.failed" or "error":
                // An error event may be followed by a response.failed, which says the same with fewer words.
                IsEnded = true;
                _events.Add(ResponsesOutputReader.ReadFailure(data.FindObject("response") ?? data));
                break;
            default:
                break;
        }
    }
}
