using System.Buffers;
using System.Text;
using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.ChatCompletions;

/// <summary>Collects the events of an answer and writes them as one Chat Completions body.</summary>
public sealed class ChatBodyWriter(AnswerContext context) : IAnswerWriter
{
    private readonly StringBuilder _text = new();
    private readonly List<(string Id, string Name, StringBuilder Arguments)> _toolCalls = [];

    public void Write(IBufferWriter<byte> output, StreamEvent streamEvent)
    {
        switch (streamEvent)
        {
            case TextDelta delta:
                _text.Append(delta.Text);
                break;
            case ToolCallStarted started:
                _toolCalls.Add((started.Id, started.Name, new StringBuilder()));
                break;
            case ToolCallDelta delta:
                _toolCalls[delta.Index].Arguments.Append(delta.ArgumentsPart);
                break;
            case MessageEnded ended:
                WriteBody(output, ended);
                break;
        }
    }

    private void WriteBody(IBufferWriter<byte> output, MessageEnded ended)
    {
        using var writer = new Utf8JsonWriter(output, JsonOutput.WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("id"u8, ChatVocabulary.IdOf(context));
        writer.WriteString("object"u8, "chat.completion"u8);
        writer.WriteNumber("created"u8, context.CreatedUnixSeconds);
        writer.WriteString("model"u8, context.Request.Model);
        writer.WriteStartArray("choices"u8);
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, 0);
        WriteMessage(writer);
        writer.WriteNull("logprobs"u8);
        writer.WriteString("finish_reason"u8, ChatVocabulary.WriteFinishReason(ended.Reason));
        writer.WriteEndObject();
        writer.WriteEndArray();
        ChatUsage.Write(writer, ended.Usage ?? default);
        writer.WriteEndObject();
    }

    private void WriteMessage(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("message"u8);
        writer.WriteString("role"u8, "assistant"u8);
        if (_text.Length == 0 && _toolCalls.Count > 0)
        {
            writer.WriteNull("content"u8);
        }
        else
        {
            writer.WriteString("content"u8, _text.ToString());
        }

        writer.WriteNull("refusal"u8);
        if (_toolCalls.Count > 0)
        {
            writer.WriteStartArray("tool_calls"u8);
            foreach (var (callId, name, arguments) in _toolCalls)
            {
                writer.WriteStartObject();
                writer.WriteString("id"u8, callId);
                writer.WriteString("type"u8, "function"u8);
                writer.WriteStartObject("function"u8);
                writer.WriteString("name"u8, name);
                writer.WriteString("arguments"u8, arguments.ToString());
                writer.WriteEndObject();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
