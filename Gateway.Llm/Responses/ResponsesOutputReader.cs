using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Responses;

/// <summary>Reads what a whole output item says; the pieces of a stream say the same bit by bit.</summary>
internal static class ResponsesOutputReader
{
    /// <summary>Summaries, and for open models the reasoning itself, as one text.</summary>
    public static string ReasoningText(JsonElement item) => string.Join(
        "\n\n",
        item.FindArray("summary").Concat(item.FindArray("content")).Select(part => part.FindText("text")).Where(text => !string.IsNullOrEmpty(text)));

    public static OpaqueState? ReasoningState(JsonElement item)
        => item.FindText("encrypted_content") is { Length: > 0 } encrypted
            ? OpaqueState.FromField(encrypted, Origins.OpenAI, item.FindText("id"))
            : null;

    public static Citation ReadCitation(JsonElement annotation) => new()
    {
        Url = annotation.FindText("url"),
        Title = annotation.FindText("title") ?? annotation.FindText("filename"),
        Start = annotation.FindInt("start_index"),
        End = annotation.FindInt("end_index"),
        Native = (Origins.OpenAI, annotation.Clone()),
    };

    public static void ReadMessage(JsonElement item, List<StreamEvent> events)
    {
        foreach (var part in item.FindArray("content"))
        {
            if (part.FindText("refusal") is { Length: > 0 } refusal)
            {
                events.Add(new RefusalDelta(refusal));
            }
            else if (part.FindText("text") is { Length: > 0 } text)
            {
                events.Add(new TextDelta(text));
                AddLogprobs(part, events);
                events.AddRange(part.FindArray("annotations").Select(annotation => new CitationAdded(ReadCitation(annotation))));
            }

            events.Add(PartEnded.Instance);
        }
    }

    public static void AddLogprobs(JsonElement part, List<StreamEvent> events)
    {
        if (part.Find("logprobs") is { ValueKind: JsonValueKind.Array } logprobs && logprobs.GetArrayLength() > 0)
        {
            events.Add(new LogprobsAdded(logprobs.Clone()));
        }
    }

    /// <summary>Why an answer ended: its calls decide, unless it was cut.</summary>
    public static FinishReason ReadFinish(JsonElement response, bool hasCalls, bool hasRefusal)
        => (response.FindObject("incomplete_details") ?? default).FindText("reason") switch
        {
            "max_output_tokens" => FinishReason.Length,
            "content_filter" => FinishReason.ContentFilter,
            not null => FinishReason.Other,
            _ => hasCalls ? FinishReason.ToolCalls : hasRefusal ? FinishReason.Refusal : FinishReason.Stop,
        };

    /// <summary>An <c>error</c> object, or an error event, which is flat or has one.</summary>
    public static AnswerFailed ReadFailure(JsonElement holder)
    {
        var error = holder.FindObject("error") ?? holder;
        var code = error.FindText("code");
        return new AnswerFailed(
            ResponsesVocabulary.StatusOf(code), error.FindText("message") ?? "no reason given.", code, holder.FindObject("error")?.FindText("type"));
    }
}
