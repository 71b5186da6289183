using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Responses;

/// <summary>Collects the events of an answer and writes them as one response object.</summary>
public sealed class ResponsesBodyWriter(AnswerContext context) : ResponsesWriter(context)
{
    private protected override void Ended(MessageEnded ended, string status, string? incompleteReason)
    {
        using var json = new Utf8JsonWriter(Output, JsonOutput.WriterOptions);
        ResponseObject.Write(json, Context, status, Items, ended.Usage, incompleteReason);
    }
}
