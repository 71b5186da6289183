using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Responses;

/// <summary>Writes the events of an answer as a Responses stream; state of one stream.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The JSON writer writes into the caller's buffer and holds nothing of its own.")]
public sealed class ResponsesStreamWriter(AnswerContext context) : ResponsesWriter(context)
{
    private readonly Utf8JsonWriter _json = new(Stream.Null, JsonOutput.WriterOptions);
    private long _sequenceNumber;

    private protected override void Started()
    {
        WriteResponse("response.created"u8, "in_progress");
        WriteResponse("response.in_progress"u8, "in_progress");
    }

    private protected override void ItemAdded(OutputItem item) => WriteItem("response.output_item.added"u8, item);

    private protected override void PartAdded(MessageItem item, ContentPart part) => WritePart("response.content_part.added"u8, item, part);

    private protected override void TextAdded(MessageItem item, ContentPart part, string text)
    {
        Begin(part.IsRefusal ? "response.refusal.delta"u8 : "response.output_text.delta"u8);
        WritePlace(item, part);
        _json.WriteString("delta"u8, text);
        if (!part.IsRefusal)
        {
            _json.WriteStartArray("logprobs"u8);
            _json.WriteEndArray();
        }

        End();
    }

    private protected override void CitationAdded(MessageItem item, ContentPart part, Citation citation)
    {
        Begin("response.output_text.annotation.added"u8);
        WritePlace(item, part);
        _json.WriteNumber("annotation_index"u8, part.Citations.Count - 1);
        _json.WritePropertyName("annotation"u8);
        ContentPart.WriteCitation(_json, citation);
        End();
    }

    private protected override void PartDone(MessageItem item, ContentPart part)
    {
        Begin(part.IsRefusal ? "response.refusal.done"u8 : "response.output_text.done"u8);
        WritePlace(item, part);
        _json.WriteString(part.IsRefusal ? "refusal"u8 : "text"u8, part.Text.ToString());
        if (!part.IsRefusal)
        {
            _json.WritePropertyName("logprobs"u8);
            part.WriteLogprobs(_json);
        }

        End();
        WritePart("response.content_part.done"u8, item, part);
    }

    private protected override void ReasoningAdded(ReasoningItem item, string text)
    {
        if (item.Text.Length == text.Length)
        {
            WriteSummaryPart("response.reasoning_summary_part.added"u8, item, "");
        }

        Begin("response.reasoning_summary_text.delta"u8);
        WriteSummaryPlace(item);
        _json.WriteString("delta"u8, text);
        End();
    }

    private protected override void ArgumentsAdded(CallItem item, string piece)
    {
        if (piece.Length == 0)
        {
            return;
        }

        Begin(item.IsFreeform ? "response.custom_tool_call_input.delta"u8 : "response.function_call_arguments.delta"u8);
        WriteItemPlace(item);
        _json.WriteString("delta"u8, piece);
        End();
    }

    private protected override void ItemDone(OutputItem item)
    {
        switch (item)
        {
            case ReasoningItem { Text: { Length: > 0 } text } reasoning:
                Begin("response.reasoning_summary_text.done"u8);
                WriteSummaryPlace(reasoning);
                _json.WriteString("text"u8, text.ToString());
                End();
                WriteSummaryPart("response.reasoning_summary_part.done"u8, reasoning, text.ToString());
                break;
            case CallItem call:
                Begin(call.IsFreeform ? "response.custom_tool_call_input.done"u8 : "response.function_call_arguments.done"u8);
                WriteItemPlace(call);
                if (!call.IsFreeform)
                {
                    _json.WriteString("name"u8, call.Name);
                }

                _json.WriteString(call.IsFreeform ? "input"u8 : "arguments"u8, call.Arguments.ToString());
                End();
                break;
        }

        WriteItem("response.output_item.done"u8, item);
    }

    private protected override void Ended(MessageEnded ended, string status, string? incompleteReason) => WriteResponse(
        status switch
        {
            "completed" => "response.completed"u8,
            "incomplete" => "response.incomplete"u8,
            _ => "response.failed"u8,
        },
        status,
        ended.Usage,
        incompleteReason);

    private void WriteResponse(ReadOnlySpan<byte> type, string status, LlmUsage? usage = null, string? incompleteReason = null)
    {
        Begin(type);
        _json.WritePropertyName("response"u8);
        ResponseObject.Write(_json, Context, status, Items, usage, incompleteReason);
        End();
    }

    private void WriteItem(ReadOnlySpan<byte> type, OutputItem item)
    {
        Begin(type);
        _json.WriteNumber("output_index"u8, item.Index);
        _json.WritePropertyName("item"u8);
        item.Write(_json);
        End();
    }

    private void WritePart(ReadOnlySpan<byte> type, MessageItem item, ContentPart part)
    {
        Begin(type);
        WritePlace(item, part);
        _json.WritePropertyName("part"u8);
        part.Write(_json);
        End();
    }

    private void WriteSummaryPart(ReadOnlySpan<byte> type, ReasoningItem item, string text)
    {
        Begin(type);
        WriteSummaryPlace(item);
        _json.WritePropertyName("part"u8);
        ReasoningItem.WriteSummary(_json, text);
        End();
    }

    private void WriteItemPlace(OutputItem item)
    {
        _json.WriteString("item_id"u8, item.Id);
        _json.WriteNumber("output_index"u8, item.Index);
    }

    private void WritePlace(MessageItem item, ContentPart part)
    {
        WriteItemPlace(item);
        _json.WriteNumber("content_index"u8, part.Index);
    }

    private void WriteSummaryPlace(ReasoningItem item)
    {
        WriteItemPlace(item);
        _json.WriteNumber("summary_index"u8, 0);
    }

    private void Begin(ReadOnlySpan<byte> type)
    {
        Output.Write("event: "u8);
        Output.Write(type);
        Output.Write("\ndata: "u8);
        _json.Reset(Output);
        _json.WriteStartObject();
        _json.WriteString("type"u8, type);
        _json.WriteNumber("sequence_number"u8, _sequenceNumber++);
    }

    private void End()
    {
        _json.WriteEndObject();
        _json.Flush();
        Output.Write("\n\n"u8);
    }
}
