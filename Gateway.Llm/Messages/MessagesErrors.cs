using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Messages;

/// <summary>Reads <c>{"type":"error","error":{"type","message"}}</c>.</summary>
public static class MessagesErrors
{
    /// <summary>Null where no error is told.</summary>
    public static AnswerFailed? Read(JsonElement envelope)
    {
        if (envelope.FindObject("error") is not { } error)
        {
            return null;
        }

        var type = error.FindText("type");
        return new AnswerFailed(MessagesVocabulary.StatusOf(type), error.FindText("message") ?? "no reason given.", Code: null, type);
    }
}
