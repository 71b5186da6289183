using System.Buffers;
using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.ChatCompletions;

/// <summary>Writes the events of an answer as Chat Completions chunks; state of one stream.</summary>
public sealed class ChatStreamWriter(AnswerContext context) : IAnswerWriter
{
    private readonly bool _includeUsage = context.Request.IncludeUsage;
    private bool _hasStarted;

    public void Write(IBufferWriter<byte> output, StreamEvent streamEvent)
    {
        if (!_hasStarted)
        {
            _hasStarted = true;
            WriteChunk(output, null, static (writer, _) =>
            {
                writer.WriteString("role"u8, "assistant"u8);
                writer.WriteString("content"u8, ""u8);
            }, 0);
        }

        switch (streamEvent)
        {
            case TextDelta delta:
                WriteChunk(output, null, static (writer, delta) => writer.WriteString("content"u8, delta.Text), delta);
                break;
            case ToolCallStarted started:
                WriteChunk(output, null, static (writer, started) => WriteToolCall(writer, started.Index, started.Id, started.Name, ""), started);
                break;
            case ToolCallDelta delta:
                WriteChunk(output, null, static (writer, delta) => WriteToolCall(writer, delta.Index, null, null, delta.ArgumentsPart), delta);
                break;
            case MessageEnded ended:
                WriteChunk(output, ChatVocabulary.WriteFinishReason(ended.Reason), static (_, _) => { }, 0);
                WriteEnd(output, ended);
                break;
        }
    }

    private void WriteEnd(IBufferWriter<byte> output, MessageEnded ended)
    {
        if (_includeUsage)
        {
            output.Write("data: "u8);
            using (var writer = new Utf8JsonWriter(output, JsonOutput.WriterOptions))
            {
                WriteChunkStart(writer);
                writer.WriteStartArray("choices"u8);
                writer.WriteEndArray();
                ChatUsage.Write(writer, ended.Usage ?? default);
                writer.WriteEndObject();
            }

            output.Write("\n\n"u8);
        }

        output.Write("data: [DONE]\n\n"u8);
    }

    private void WriteChunk<TState>(IBufferWriter<byte> output, string? finishReason, Action<Utf8JsonWriter, TState> writeDelta, TState state)
    {
        output.Write("data: "u8);
        using (var writer = new Utf8JsonWriter(output, JsonOutput.WriterOptions))
        {
            WriteChunkStart(writer);
            writer.WriteStartArray("choices"u8);
            writer.WriteStartObject();
            writer.WriteNumber("index"u8, 0);
            writer.WriteStartObject("delta"u8);
            writeDelta(writer, state);
            writer.WriteEndObject();
            writer.WriteNull("logprobs"u8);
            writer.WriteString("finish_reason"u8, finishReason);
            writer.WriteEndObject();
            writer.WriteEndArray();
            if (_includeUsage)
            {
                writer.WriteNull("usage"u8);
            }

            writer.WriteEndObject();
        }

        output.Write("\n\n"u8);
    }

    private void WriteChunkStart(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, ChatVocabulary.IdOf(context));
        writer.WriteString("object"u8, "chat.completion.chunk"u8);
        writer.WriteNumber("created"u8, context.CreatedUnixSeconds);
        writer.WriteString("model"u8, context.Request.Model);
    }

    private static void WriteToolCall(Utf8JsonWriter writer, int index, string? callId, string? name, string arguments)
    {
        writer.WriteStartArray("tool_calls"u8);
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, index);
        if (callId is not null)
        {
            writer.WriteString("id"u8, callId);
            writer.WriteString("type"u8, "function"u8);
        }

        writer.WriteStartObject("function"u8);
        if (name is not null)
        {
            writer.WriteString("name"u8, name);
        }

        writer.WriteString("arguments"u8, arguments);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }
}
