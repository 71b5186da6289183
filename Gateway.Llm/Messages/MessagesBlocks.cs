using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Messages;

/// <summary>
/// Gathers the events of an answer into blocks, and tells about their starts, growth and ends as they come. A stream is what it tells, a whole
/// message what is there at the end.
/// </summary>
internal abstract class MessagesBlocks(LossReport losses)
{
    private int _count;
    private Block? _open;
    private readonly Dictionary<int, Block> _calls = [];

    public bool HasToolCall => _calls.Count > 0;

    public bool IsRefusal { get; private set; }

    public void Add(StreamEvent streamEvent)
    {
        switch (streamEvent)
        {
            case TextDelta { Text.Length: > 0 } delta:
                Grown(Open(BlockKind.Text), delta.Text);
                break;
            case RefusalDelta { Text.Length: > 0 } delta:
                IsRefusal = true;
                Grown(Open(BlockKind.Text), delta.Text);
                break;
            case ReasoningDelta { Text.Length: > 0 } delta:
                Grown(Open(BlockKind.Thinking), delta.Text);
                break;
            case ReasoningSigned { IsRedacted: true } signed:
                AddRedacted(signed.State);
                break;
            case ReasoningSigned signed:
                Signed(Open(BlockKind.Thinking), signed.State.ToField(Origins.Anthropic));
                Close();
                break;
            case TextSigned signed:
                AddRedacted(signed.State);
                break;
            case ToolCallStarted started:
                StartCall(started);
                break;
            case ToolCallDelta { ArgumentsPart.Length: > 0 } delta when _calls.TryGetValue(delta.Index, out var call):
                Grown(call, delta.ArgumentsPart);
                break;
            case CitationAdded cited:
                AddCitation(cited.Citation);
                break;
            case NativePartAdded { Part: { Origin: Origins.Anthropic } native }:
                Close();
                Started(new Block(_count++, BlockKind.Native) { Native = native.Json }, isWhole: true);
                break;
            case NativePartAdded:
                losses.Dropped("content");
                break;
            case PartEnded:
                Close();
                break;
        }
    }

    public void Close()
    {
        if (_open is { } block)
        {
            _open = null;
            Ended(block);
        }
    }

    /// <param name="isWhole">It has all of its content, and its end is told by nothing else.</param>
    protected abstract void Started(Block block, bool isWhole);

    protected abstract void Grown(Block block, string text);

    protected abstract void Signed(Block block, string signature);

    protected abstract void Cited(Block block, Citation citation);

    protected abstract void Ended(Block block);

    private Block Open(BlockKind kind)
    {
        if (_open?.Kind == kind)
        {
            return _open;
        }

        Close();
        _open = new Block(_count++, kind);
        Started(_open, isWhole: false);
        return _open;
    }

    /// <summary>
    /// Opaque state without text; also Gemini's signatures of calls and text, for which there is no other place: before the call, behind the
    /// text.
    /// </summary>
    private void AddRedacted(OpaqueState state)
    {
        Close();
        Started(new Block(_count++, BlockKind.Redacted) { Data = state.ToField(Origins.Anthropic) }, isWhole: true);
    }

    private void StartCall(ToolCallStarted started)
    {
        Close();
        if (started.State is { } state)
        {
            AddRedacted(state);
        }

        _open = new Block(_count++, BlockKind.ToolCall) { CallId = started.Id, CallName = started.Name };
        _calls[started.Index] = _open;
        Started(_open, isWhole: false);
    }

    private void AddCitation(Citation citation)
    {
        if (_open is { Kind: BlockKind.Text } && (citation.Native?.Origin == Origins.Anthropic || citation.Url is not null))
        {
            Cited(_open, citation);
        }
        else
        {
            losses.Dropped("citations");
        }
    }

    internal enum BlockKind
    {
        Text,
        Thinking,
        Redacted,
        ToolCall,
        Native,
    }

    internal sealed class Block(int index, BlockKind kind)
    {
        public int Index => index;

        public BlockKind Kind => kind;

        public string? Data { get; init; }

        public JsonElement Native { get; init; }

        public string? CallId { get; init; }

        public string? CallName { get; init; }

        /// <summary>Text, thinking or arguments; for whoever keeps them.</summary>
        public GatheredText Content { get; } = new();

        public string Signature { get; set; } = "";

        public List<Citation> Citations { get; } = [];

        /// <summary>With the content that has been kept; with none, as a stream begins it.</summary>
        public void Write(Utf8JsonWriter writer)
        {
            if (kind == BlockKind.Native)
            {
                Native.WriteTo(writer);
                return;
            }

            writer.WriteStartObject();
            switch (kind)
            {
                case BlockKind.Text:
                    writer.WriteString("type"u8, "text"u8);
                    writer.WriteString("text"u8, Content.ToString());
                    WriteCitations(writer);
                    break;
                case BlockKind.Thinking:
                    writer.WriteString("type"u8, "thinking"u8);
                    writer.WriteString("thinking"u8, Content.ToString());
                    writer.WriteString("signature"u8, Signature);
                    break;
                case BlockKind.Redacted:
                    writer.WriteString("type"u8, "redacted_thinking"u8);
                    writer.WriteString("data"u8, Data);
                    break;
                case BlockKind.ToolCall:
                    WriteCall(writer);
                    break;
            }

            writer.WriteEndObject();
        }

        /// <summary>Without any there is no such field, whatever the description says: Anthropic leaves it out, and clients take no null.</summary>
        private void WriteCitations(Utf8JsonWriter writer)
        {
            if (Citations.Count == 0)
            {
                return;
            }

            writer.WriteStartArray("citations"u8);
            foreach (var citation in Citations)
            {
                MessagesCitations.TryWrite(writer, citation);
            }

            writer.WriteEndArray();
        }

        private void WriteCall(Utf8JsonWriter writer)
        {
            writer.WriteString("type"u8, "tool_use"u8);
            writer.WriteString("id"u8, CallId);
            writer.WriteString("name"u8, CallName);
            writer.WritePropertyName("input"u8);
            ToolArguments.WriteOrEmpty(writer, Content.ToString());
            writer.WriteStartObject("caller"u8);
            writer.WriteString("type"u8, "direct"u8);
            writer.WriteEndObject();
        }
    }
}
