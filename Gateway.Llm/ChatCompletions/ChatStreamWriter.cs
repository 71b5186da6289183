using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.ChatCompletions;

/// <summary>Writes the events of an answer as Chat Completions chunks; state of one stream.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A JSON writer over a buffer owns nothing.")]
public sealed class ChatStreamWriter : IAnswerWriter
{
    private readonly AnswerContext _context;
    private readonly ChatAnswerParts _parts;
    private readonly bool _includeUsage;

    /// <summary>What every chunk begins with, up to its choices.</summary>
    private readonly byte[] _head;
    private readonly ArrayBufferWriter<byte> _idle = new(1);
    private readonly Utf8JsonWriter _writer;
    private readonly HashSet<int> _freeform = [];
    private bool _hasStarted;
    private ToolCallStarted? _emptyCall;

    public ChatStreamWriter(AnswerContext context)
    {
        _context = context;
        _parts = new ChatAnswerParts(context);
        _includeUsage = context.Request.IncludeUsage;
        _head = WriteHead(context);
        _writer = new Utf8JsonWriter(_idle, JsonOutput.WriterOptions);
    }

    public void Write(IBufferWriter<byte> output, StreamEvent streamEvent)
    {
        _parts.Read(streamEvent);
        if (!_hasStarted)
        {
            _hasStarted = true;
            var writer = Begin(output);
            writer.WriteString("role"u8, "assistant"u8);
            writer.WriteString("content"u8, ""u8);
            End(output);
        }

        switch (streamEvent)
        {
            case TextDelta delta:
                WriteText(output, "content"u8, delta.Text);
                break;
            case ReasoningDelta delta:
                WriteText(output, "reasoning_content"u8, delta.Text);
                break;
            case RefusalDelta delta:
                WriteText(output, "refusal"u8, delta.Text);
                break;
            case ToolCallStarted started:
                CompleteCall(output);
                _emptyCall = started;
                WriteCall(output, started, started.Index, "");
                break;
            case ToolCallDelta delta when delta.ArgumentsPart.Length > 0:
                _emptyCall = null;
                WriteCall(output, started: null, delta.Index, delta.ArgumentsPart);
                break;
            case PartEnded:
                CompleteCall(output);
                break;
            case MessageEnded ended:
                CompleteCall(output);
                Begin(output);
                End(output, ChatVocabulary.WriteFinishReason(ended.Reason, _parts.HasRefusal, _parts.IsLegacy));
                WriteEnd(output, ended);
                break;
            default:
                WriteRarePiece(output, streamEvent);
                break;
        }
    }

    private void WriteRarePiece(IBufferWriter<byte> output, StreamEvent streamEvent)
    {
        switch (streamEvent)
        {
            case ReasoningSigned signed:
                var (text, index) = _parts.TakeReasoning();
                var writer = Begin(output);
                writer.WriteStartArray("reasoning_details"u8);
                ChatReasoning.WriteDetail(writer, index, text, signed.State, signed.IsRedacted);
                writer.WriteEndArray();
                End(output);
                break;
            case TextSigned signed:
                ChatReasoning.WriteTextState(Begin(output), signed.State);
                End(output);
                break;
            case CitationAdded { Citation.Url: not null } added:
                writer = Begin(output);
                writer.WriteStartArray("annotations"u8);
                ChatCitations.Write(writer, added.Citation, _parts.TextStart, _parts.TextLength);
                writer.WriteEndArray();
                End(output);
                break;
            case LogprobsAdded added:
                Begin(output);
                End(output, logprobs: added.Content);
                break;
            case NativePartAdded added when ChatAnswerParts.IsAudio(added.Part):
                ChatVocabulary.WriteAudio(Begin(output), added.Part.Json);
                End(output);
                break;
        }
    }

    private void WriteText(IBufferWriter<byte> output, ReadOnlySpan<byte> name, string text)
    {
        if (text.Length > 0)
        {
            Begin(output).WriteString(name, text);
            End(output);
        }
    }

    /// <summary>The pieces of a call's arguments must make JSON together: a call without any gets an empty object.</summary>
    private void CompleteCall(IBufferWriter<byte> output)
    {
        if (_emptyCall is { IsFreeform: false } call)
        {
            WriteCall(output, started: null, call.Index, "{}");
        }

        _emptyCall = null;
    }

    private void WriteCall(IBufferWriter<byte> output, ToolCallStarted? started, int index, string arguments)
    {
        if (_parts.IsLegacy)
        {
            WriteLegacyCall(output, started, index, arguments);
            return;
        }

        // A piece of a free text is known by the call that it continues.
        var isFreeform = started?.IsFreeform ?? _freeform.Contains(index);
        var writer = Begin(output);
        writer.WriteStartArray("tool_calls"u8);
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, index);
        if (started is not null)
        {
            if (isFreeform)
            {
                _freeform.Add(index);
            }

            writer.WriteString("id"u8, started.Id);
            writer.WriteString("type"u8, isFreeform ? "custom"u8 : "function"u8);
        }

        writer.WriteStartObject(isFreeform ? "custom"u8 : "function"u8);
        if (started is not null)
        {
            writer.WriteString("name"u8, started.Name);
        }

        writer.WriteString(isFreeform ? "input"u8 : "arguments"u8, arguments);
        writer.WriteEndObject();
        if (started?.State is { } state)
        {
            ChatReasoning.WriteTextState(writer, state);
        }

        writer.WriteEndObject();
        writer.WriteEndArray();
        End(output);
    }

    private void WriteLegacyCall(IBufferWriter<byte> output, ToolCallStarted? started, int index, string arguments)
    {
        if (index > 0)
        {
            _context.Losses.Dropped("function_call");
            return;
        }

        var writer = Begin(output);
        writer.WriteStartObject("function_call"u8);
        if (started is not null)
        {
            writer.WriteString("name"u8, started.Name);
        }

        writer.WriteString("arguments"u8, arguments);
        writer.WriteEndObject();
        End(output);
    }

    private void WriteEnd(IBufferWriter<byte> output, MessageEnded ended)
    {
        if (_includeUsage)
        {
            output.Write(_head);
            output.Write("[],"u8);
            output.Write("\"usage\":"u8);
            _writer.Reset(output);
            ChatUsage.WriteValue(_writer, ended.Usage ?? default);
            _writer.Flush();
            output.Write("}\n\n"u8);
        }

        output.Write("data: [DONE]\n\n"u8);
    }

    /// <summary>A chunk up to its delta, whose members are to be written.</summary>
    private Utf8JsonWriter Begin(IBufferWriter<byte> output)
    {
        output.Write(_head);
        output.Write("""[{"index":0,"delta":"""u8);
        _writer.Reset(output);
        _writer.WriteStartObject();
        return _writer;
    }

    private void End(IBufferWriter<byte> output, string? finishReason = null, JsonElement? logprobs = null)
    {
        _writer.WriteEndObject();
        _writer.Flush();
        if (logprobs is { } tokens)
        {
            output.Write(""","logprobs":{"content":"""u8);
            _writer.Reset(output);
            tokens.WriteTo(_writer);
            _writer.Flush();
            output.Write(""","refusal":null}"""u8);
        }
        else
        {
            output.Write(""","logprobs":null"""u8);
        }

        output.Write(""","finish_reason":"""u8);
        _writer.Reset(output);
        _writer.WriteStringValue(finishReason);
        _writer.Flush();
        output.Write(_includeUsage ? "}],\"usage\":null}\n\n"u8 : "}]}\n\n"u8);
        _writer.Reset(_idle);
    }

    private static byte[] WriteHead(AnswerContext context)
    {
        var head = new ArrayBufferWriter<byte>(256);
        head.Write("data: "u8);
        using (var writer = new Utf8JsonWriter(head, JsonOutput.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, ChatVocabulary.IdOf(context));
            writer.WriteString("object"u8, "chat.completion.chunk"u8);
            writer.WriteNumber("created"u8, context.CreatedUnixSeconds);
            writer.WriteString("model"u8, context.Request.Model);
        }

        // The object stays open: each chunk goes on with its choices.
        head.Write(",\"choices\":"u8);
        return head.WrittenSpan.ToArray();
    }
}
