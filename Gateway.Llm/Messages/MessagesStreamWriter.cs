using System.Buffers;
using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Messages;

/// <summary>Writes the events of an answer as a Messages stream; state of one stream.</summary>
public sealed class MessagesStreamWriter : IAnswerWriter
{
    private readonly AnswerContext _context;
    private readonly WrittenBlocks _blocks;
    private LlmUsage _usage;
    private bool _hasStarted;

    public MessagesStreamWriter(AnswerContext context)
    {
        _context = context;
        _blocks = new WrittenBlocks(context.Losses);
    }

    public void Write(IBufferWriter<byte> output, StreamEvent streamEvent)
    {
        if (streamEvent is UsageReported reported)
        {
            // What is known when the message starts is in its start, the rest in its end.
            _usage = reported.Usage;
            return;
        }

        _blocks.Output = output;
        if (!_hasStarted)
        {
            _hasStarted = true;
            WriteStart(output);
        }

        _blocks.Add(streamEvent);
        if (streamEvent is MessageEnded ended)
        {
            _blocks.Close();
            WriteEnd(output, ended);
        }
    }

    private void WriteStart(IBufferWriter<byte> output)
    {
        using var serverSentEvent = new MessagesEvent(output, "message_start"u8);
        var writer = serverSentEvent.Writer;
        writer.WriteStartObject("message"u8);
        MessagesHead.Write(writer, _context);
        writer.WriteStartArray("content"u8);
        writer.WriteEndArray();
        writer.WriteNull("stop_reason"u8);
        writer.WriteNull("stop_sequence"u8);
        writer.WriteNull("stop_details"u8);
        writer.WriteNull("container"u8);
        MessagesUsage.Write(writer, _usage);
        writer.WriteEndObject();
    }

    private void WriteEnd(IBufferWriter<byte> output, MessageEnded ended)
    {
        using (var delta = new MessagesEvent(output, "message_delta"u8))
        {
            delta.Writer.WriteStartObject("delta"u8);
            MessagesHead.WriteStop(delta.Writer, ended, _blocks);
            delta.Writer.WriteEndObject();
            MessagesUsage.WriteDelta(delta.Writer, ended.Usage ?? _usage);
        }

        new MessagesEvent(output, "message_stop"u8).Dispose();
    }

    /// <summary>Writes each change as it comes, and keeps nothing.</summary>
    private sealed class WrittenBlocks(LossReport losses) : MessagesBlocks(losses)
    {
        public IBufferWriter<byte> Output { get; set; } = null!;

        protected override void Started(Block block, bool isWhole)
        {
            using (var start = new MessagesEvent(Output, "content_block_start"u8))
            {
                start.Writer.WriteNumber("index"u8, block.Index);
                start.Writer.WritePropertyName("content_block"u8);
                block.Write(start.Writer);
            }

            if (isWhole)
            {
                Ended(block);
            }
        }

        protected override void Grown(Block block, string text)
        {
            var (type, name) = block.Kind switch
            {
                BlockKind.Thinking => ("thinking_delta", "thinking"),
                BlockKind.ToolCall => ("input_json_delta", "partial_json"),
                _ => ("text_delta", "text"),
            };
            WriteDelta(block, type, name, text);
        }

        protected override void Signed(Block block, string signature) => WriteDelta(block, "signature_delta", "signature", signature);

        protected override void Cited(Block block, Citation citation)
        {
            using var delta = new MessagesEvent(Output, "content_block_delta"u8);
            delta.Writer.WriteNumber("index"u8, block.Index);
            delta.Writer.WriteStartObject("delta"u8);
            delta.Writer.WriteString("type"u8, "citations_delta"u8);
            delta.Writer.WritePropertyName("citation"u8);
            MessagesCitations.TryWrite(delta.Writer, citation);
            delta.Writer.WriteEndObject();
        }

        protected override void Ended(Block block)
        {
            using var end = new MessagesEvent(Output, "content_block_stop"u8);
            end.Writer.WriteNumber("index"u8, block.Index);
        }

        private void WriteDelta(Block block, string type, string name, string value)
        {
            using var delta = new MessagesEvent(Output, "content_block_delta"u8);
            delta.Writer.WriteNumber("index"u8, block.Index);
            delta.Writer.WriteStartObject("delta"u8);
            delta.Writer.WriteString("type"u8, type);
            delta.Writer.WriteString(name, value);
            delta.Writer.WriteEndObject();
        }
    }
}

/// <summary>One event under way: SDKs go by the name in its <c>event:</c> line, so it is always there, and the same as the type.</summary>
internal readonly struct MessagesEvent : IDisposable
{
    private readonly IBufferWriter<byte> _output;

    public MessagesEvent(IBufferWriter<byte> output, ReadOnlySpan<byte> type)
    {
        _output = output;
        output.Write("event: "u8);
        output.Write(type);
        output.Write("\ndata: "u8);
        Writer = new Utf8JsonWriter(output, JsonOutput.WriterOptions);
        Writer.WriteStartObject();
        Writer.WriteString("type"u8, type);
    }

    public Utf8JsonWriter Writer { get; }

    public void Dispose()
    {
        Writer.WriteEndObject();
        Writer.Dispose();
        _output.Write("\n\n"u8);
    }
}
