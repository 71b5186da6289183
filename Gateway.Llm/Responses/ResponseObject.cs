using System.Text.Json;
using Gateway.Llm.Canonical;

namespace Gateway.Llm.Responses;

/// <summary>Writes the response object: what it repeats of its request, and what there is of its output.</summary>
internal static class ResponseObject
{
    public static void Write(
        Utf8JsonWriter json, AnswerContext context, string status, IReadOnlyList<OutputItem> output, LlmUsage? usage = null, string? incompleteReason = null)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, ResponsesVocabulary.IdOf(context));
        json.WriteString("object"u8, "response"u8);
        json.WriteNumber("created_at"u8, context.CreatedUnixSeconds);
        json.WriteString("status"u8, status);
        if (status == "failed")
        {
            json.WriteStartObject("error"u8);
            json.WriteString("code"u8, "server_error"u8);
            json.WriteString("message"u8, "The model made a tool call that cannot be read."u8);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("error"u8);
        }

        if (incompleteReason is null)
        {
            json.WriteNull("incomplete_details"u8);
        }
        else
        {
            json.WriteStartObject("incomplete_details"u8);
            json.WriteString("reason"u8, incompleteReason);
            json.WriteEndObject();
        }

        json.WriteString("model"u8, context.Request.Model);
        json.WriteStartArray("output"u8);
        foreach (var item in output)
        {
            item.Write(json);
        }

        json.WriteEndArray();
        ResponsesEcho.Write(json, context.Request);
        ResponsesUsage.Write(json, usage);
        json.WriteEndObject();
    }
}
