using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Responses;

/// <summary>Reads a whole response object: the events of the same answer as a stream, at once.</summary>
public static class ResponsesAnswerReader
{
    public static void Read(ReadOnlyMemory<byte> body, List<StreamEvent> events)
    {
        using var document = JsonDocument.Parse(body);
        var response = document.RootElement;
        if (response.FindText("status") is "failed" or "cancelled" || response.FindObject("error") is not null)
        {
            events.Add(ResponsesOutputReader.ReadFailure(response));
            return;
        }

        events.Add(new AnswerStarted(response.FindText("id"), response.FindText("model")));
        var reader = new ResponsesItemEvents(events);
        var index = 0;
        foreach (var item in response.FindArray("output"))
        {
            reader.Added(index, item);
            reader.Done(index++, item);
        }

        events.Add(new MessageEnded(
            ResponsesOutputReader.ReadFinish(response, reader.HasCalls, reader.HasRefusal), ResponsesUsage.Read(response)));
    }
}
