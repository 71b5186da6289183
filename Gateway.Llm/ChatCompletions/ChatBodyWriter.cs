using System.Buffers;
using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.ChatCompletions;

/// <summary>Collects the events of an answer and writes them as one Chat Completions body.</summary>
public sealed class ChatBodyWriter(AnswerContext context) : IAnswerWriter
{
    private readonly ChatAnswerParts _parts = new(context);
    private readonly GatheredText _text = new();
    private readonly GatheredText _refusal = new();
    private readonly GatheredText _reasoning = new();
    private readonly List<(string Text, int Index, ReasoningSigned Signed)> _details = [];
    private readonly List<(ToolCallStarted Call, GatheredText Arguments)> _calls = [];
    private readonly List<(Citation Citation, int Start, int End)> _citations = [];
    private readonly List<JsonElement> _logprobs = [];
    private OpaqueState? _textState;
    private JsonElement? _audio;

    public void Write(IBufferWriter<byte> output, StreamEvent streamEvent)
    {
        _parts.Read(streamEvent);
        switch (streamEvent)
        {
            case TextDelta delta:
                _text.Append(delta.Text);
                break;
            case RefusalDelta delta:
                _refusal.Append(delta.Text);
                break;
            case ReasoningDelta delta:
                _reasoning.Append(delta.Text);
                break;
            case ReasoningSigned signed:
                var (text, index) = _parts.TakeReasoning();
                _details.Add((text, index, signed));
                break;
            case TextSigned signed:
                _textState = signed.State;
                break;
            case ToolCallStarted started:
                _calls.Add((started, new GatheredText()));
                break;
            case ToolCallDelta delta:
                _calls[delta.Index].Arguments.Append(delta.ArgumentsPart);
                break;
            case CitationAdded { Citation.Url: not null } added:
                _citations.Add((added.Citation, _parts.TextStart, _parts.TextLength));
                break;
            case LogprobsAdded { Content.ValueKind: JsonValueKind.Array } added:
                _logprobs.AddRange(added.Content.EnumerateArray());
                break;
            case NativePartAdded added when ChatAnswerParts.IsAudio(added.Part):
                _audio = added.Part.Json;
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
        WriteLogprobs(writer);
        writer.WriteString("finish_reason"u8, ChatVocabulary.WriteFinishReason(ended.Reason, _parts.HasRefusal, _parts.IsLegacy));
        writer.WriteEndObject();
        writer.WriteEndArray();
        ChatUsage.Write(writer, ended.Usage ?? default);
        writer.WriteEndObject();
    }

    private void WriteMessage(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("message"u8);
        writer.WriteString("role"u8, "assistant"u8);
        writer.WriteString("content"u8, _text.Length == 0 && (_calls.Count > 0 || _refusal.Length > 0 || _audio is not null) ? null : _text.ToString());
        writer.WriteString("refusal"u8, _refusal.Length == 0 ? null : _refusal.ToString());
        WriteReasoning(writer);
        if (_calls.Count > 0)
        {
            WriteCalls(writer);
        }

        if (_citations.Count > 0)
        {
            writer.WriteStartArray("annotations"u8);
            foreach (var (citation, start, end) in _citations)
            {
                ChatCitations.Write(writer, citation, start, end);
            }

            writer.WriteEndArray();
        }

        if (_audio is { } audio)
        {
            ChatVocabulary.WriteAudio(writer, audio);
        }

        if (_textState is { } state)
        {
            ChatReasoning.WriteTextState(writer, state);
        }

        writer.WriteEndObject();
    }

    private void WriteReasoning(Utf8JsonWriter writer)
    {
        if (_reasoning.Length > 0)
        {
            writer.WriteString("reasoning_content"u8, _reasoning.ToString());
        }

        if (_details.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("reasoning_details"u8);
        foreach (var (text, index, signed) in _details)
        {
            ChatReasoning.WriteDetail(writer, index, text, signed.State, signed.IsRedacted);
        }

        writer.WriteEndArray();
    }

    private void WriteCalls(Utf8JsonWriter writer)
    {
        if (_parts.IsLegacy)
        {
            var (call, arguments) = _calls[0];
            writer.WriteStartObject("function_call"u8);
            writer.WriteString("name"u8, call.Name);
            writer.WriteString("arguments"u8, ArgumentsOf(call, arguments));
            writer.WriteEndObject();
            if (_calls.Count > 1)
            {
                context.Losses.Dropped("function_call");
            }

            return;
        }

        writer.WriteStartArray("tool_calls"u8);
        foreach (var (call, arguments) in _calls)
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, call.Id);
            writer.WriteString("type"u8, call.IsFreeform ? "custom"u8 : "function"u8);
            writer.WriteStartObject(call.IsFreeform ? "custom"u8 : "function"u8);
            writer.WriteString("name"u8, call.Name);
            writer.WriteString(call.IsFreeform ? "input"u8 : "arguments"u8, ArgumentsOf(call, arguments));
            writer.WriteEndObject();
            if (call.State is { } state)
            {
                ChatReasoning.WriteTextState(writer, state);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>A call without arguments may come without any piece of them.</summary>
    private static string ArgumentsOf(ToolCallStarted call, GatheredText arguments)
        => arguments.Length == 0 && !call.IsFreeform ? "{}" : arguments.ToString();

    private void WriteLogprobs(Utf8JsonWriter writer)
    {
        if (_logprobs.Count == 0)
        {
            writer.WriteNull("logprobs"u8);
            return;
        }

        writer.WriteStartObject("logprobs"u8);
        writer.WriteStartArray("content"u8);
        foreach (var token in _logprobs)
        {
            token.WriteTo(writer);
        }

        writer.WriteEndArray();
        writer.WriteNull("refusal"u8);
        writer.WriteEndObject();
    }
}
