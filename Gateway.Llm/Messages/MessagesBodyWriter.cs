using System.Buffers;
using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Messages;

/// <summary>Collects the events of an answer and writes them as one message.</summary>
public sealed class MessagesBodyWriter(AnswerContext context) : IAnswerWriter
{
    private readonly CollectedBlocks _blocks = new(context.Losses);

    public void Write(IBufferWriter<byte> output, StreamEvent streamEvent)
    {
        _blocks.Add(streamEvent);
        if (streamEvent is not MessageEnded ended)
        {
            return;
        }

        using var writer = new Utf8JsonWriter(output, JsonOutput.WriterOptions);
        writer.WriteStartObject();
        MessagesHead.Write(writer, context);
        writer.WriteStartArray("content"u8);
        foreach (var block in _blocks.All)
        {
            block.Write(writer);
        }

        writer.WriteEndArray();
        MessagesHead.WriteStop(writer, ended, _blocks);
        MessagesUsage.Write(writer, ended.Usage ?? default);
        writer.WriteEndObject();
    }

    private sealed class CollectedBlocks(LossReport losses) : MessagesBlocks(losses)
    {
        public List<Block> All { get; } = [];

        protected override void Started(Block block, bool isWhole) => All.Add(block);

        protected override void Grown(Block block, string text) => block.Content.Append(text);

        protected override void Signed(Block block, string signature) => block.Signature = signature;

        protected override void Cited(Block block, Citation citation) => block.Citations.Add(citation);

        protected override void Ended(Block block)
        {
        }
    }
}
