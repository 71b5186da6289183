using System.Buffers;
using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;
using Gateway.Llm.ServerSentEvents;

namespace Gateway.Llm.Messages;

/// <summary>Reads a Messages stream into events. Kinds of events and deltas that it does not know are passed over, as the vendor asks for.</summary>
/// <param name="outputTool">The tool whose arguments are the answer's text; see <see cref="MessagesRequestWriter.Write"/>.</param>
public sealed class MessagesEventReader(string? outputTool = null) : EventReader
{
    private readonly MessagesUsage _usage = new();
    private readonly Dictionary<int, Block> _open = [];
    private bool _hasStarted;
    private int _toolCalls;
    private string? _stopReason;
    private string? _stopSequence;

    public override void Read(ReadOnlySpan<byte> frame, List<StreamEvent> events)
    {
        var data = SseEvent.Data(frame);
        if (data.IsEmpty)
        {
            return;
        }

        var reader = new Utf8JsonReader(data);
        using var document = JsonDocument.ParseValue(ref reader);
        // Anything behind the value throws.
        reader.Read();
        Read(document.RootElement, events);
    }

    private void Read(JsonElement data, List<StreamEvent> events)
    {
        if (data.Is("type", "content_block_delta"u8))
        {
            // Nearly every event is one, and not even a string is made for its type.
            ReadDelta((data.FindInt("index") ?? 0), data.FindObject("delta") ?? default, events);
            return;
        }

        switch (data.FindText("type"))
        {
            case "message_start":
                StartMessage(data.FindObject("message") ?? default, events);
                break;
            case "content_block_start":
                StartBlock(data, events);
                break;
            case "content_block_stop":
                EndBlock((data.FindInt("index") ?? 0), events);
                break;
            case "message_delta":
                ReadMessageDelta(data, events);
                break;
            case "message_stop":
                EndMessage(events);
                break;
            case "error":
                events.Add(MessagesErrors.Read(data) ?? new AnswerFailed(500, "no reason given."));
                IsEnded = true;
                break;
        }
    }

    private void StartMessage(JsonElement message, List<StreamEvent> events)
    {
        if (_hasStarted && _open.Values.Any(block => block.Kind == BlockKind.ToolCall))
        {
            // Half of a call has gone out, and would be taken for a whole one.
            events.Add(new AnswerFailed(502, "began its message anew within a tool call."));
            IsEnded = true;
            return;
        }

        if (_hasStarted)
        {
            // Seen behind proxies: what was complete stays, what was open ends here, and the new message goes on with its own blocks.
            _open.Clear();
            events.Add(PartEnded.Instance);
        }
        else
        {
            _hasStarted = true;
            events.Add(new AnswerStarted(message.FindText("id"), message.FindText("model")));
        }

        ReportUsage(message, events);
    }

    private void StartBlock(JsonElement data, List<StreamEvent> events)
    {
        var index = (data.FindInt("index") ?? 0);
        var content = data.FindObject("content_block") ?? default;
        switch (content.FindText("type"))
        {
            case "text":
                _open[index] = new Block(BlockKind.Text);
                AddText(content.FindText("text"), events);
                foreach (var citation in content.FindArray("citations"))
                {
                    events.Add(new CitationAdded(MessagesCitations.Read(citation)));
                }

                break;
            case "thinking":
                _open[index] = new Block(BlockKind.Thinking);
                AddThinking(content.FindText("thinking"), events);
                AddSignature(content.FindText("signature"), events);
                break;
            case "redacted_thinking":
                _open[index] = new Block(BlockKind.Thinking);
                events.Add(new ReasoningSigned(new OpaqueState(Origins.Anthropic, content.FindText("data") ?? ""), IsRedacted: true));
                break;
            case "tool_use" when outputTool is not null && content.FindText("name") == outputTool:
                _open[index] = new Block(BlockKind.Output) { Start = InputOf(content) };
                break;
            case "tool_use":
                var call = new Block(BlockKind.ToolCall) { CallIndex = _toolCalls++, Start = InputOf(content) };
                _open[index] = call;
                events.Add(new ToolCallStarted(call.CallIndex, content.FindText("id") ?? "", content.FindText("name") ?? ""));
                break;
            case not null:
                _open[index] = new Block(BlockKind.Native) { Start = content.Clone() };
                break;
        }
    }

    private void ReadDelta(int index, JsonElement delta, List<StreamEvent> events)
    {
        if (delta.Is("type", "text_delta"u8))
        {
            AddText(delta.FindText("text"), events);
            return;
        }

        _open.TryGetValue(index, out var block);
        switch (delta.FindText("type"))
        {
            case "citations_delta" when delta.FindObject("citation") is { } citation:
                events.Add(new CitationAdded(MessagesCitations.Read(citation)));
                break;
            case "thinking_delta":
                AddThinking(delta.FindText("thinking"), events);
                break;
            case "signature_delta":
                AddSignature(delta.FindText("signature"), events);
                break;
            case "input_json_delta" when block is not null && delta.FindText("partial_json") is { Length: > 0 } part:
                block.HasInput = true;
                if (block.Kind == BlockKind.ToolCall)
                {
                    events.Add(new ToolCallDelta(block.CallIndex, part));
                }
                else if (block.Kind == BlockKind.Output)
                {
                    events.Add(new TextDelta(part));
                }
                else
                {
                    block.Input.Append(part);
                }

                break;
            case "compaction_delta" when block is not null:
                block.Input.Append(delta.FindText("content"));
                break;
        }
    }

    private void EndBlock(int index, List<StreamEvent> events)
    {
        if (!_open.Remove(index, out var block))
        {
            return;
        }

        if (block is { Kind: BlockKind.ToolCall, HasInput: false })
        {
            // A call without arguments has no deltas; some servers send all of them with the start.
            events.Add(new ToolCallDelta(block.CallIndex, CompactJson.Write(block.Start)));
        }

        if (block is { Kind: BlockKind.Output, HasInput: false })
        {
            events.Add(new TextDelta(CompactJson.Write(block.Start)));
        }

        if (block.Kind == BlockKind.Native)
        {
            events.Add(new NativePartAdded(new NativePart(Origins.Anthropic, block.ToNative())));
        }

        events.Add(PartEnded.Instance);
    }

    private void ReadMessageDelta(JsonElement data, List<StreamEvent> events)
    {
        if (data.FindObject("delta") is { } delta)
        {
            _stopReason = delta.FindText("stop_reason") ?? _stopReason;
            _stopSequence = delta.FindText("stop_sequence") ?? _stopSequence;
        }

        ReportUsage(data, events);
    }

    private void EndMessage(List<StreamEvent> events)
    {
        // A block that was cut off by the output cap has no end of its own.
        foreach (var index in _open.Keys.Order().ToList())
        {
            EndBlock(index, events);
        }

        // The call of the output tool is none for the client.
        var stopReason = outputTool is not null && _toolCalls == 0 && _stopReason == "tool_use" ? "end_turn" : _stopReason;
        events.Add(new MessageEnded(MessagesVocabulary.ReadStopReason(stopReason, _toolCalls > 0), _usage.Current) { StopSequence = _stopSequence });
        IsEnded = true;
    }

    private void ReportUsage(JsonElement holder, List<StreamEvent> events)
    {
        if (holder.FindObject("usage") is { } usage)
        {
            _usage.Read(usage);
            if (_usage.Current is { } current)
            {
                events.Add(new UsageReported(current));
            }
        }
    }

    private static void AddText(string? text, List<StreamEvent> events)
    {
        if (text is { Length: > 0 })
        {
            events.Add(new TextDelta(text));
        }
    }

    private static void AddThinking(string? thinking, List<StreamEvent> events)
    {
        if (thinking is { Length: > 0 })
        {
            events.Add(new ReasoningDelta(thinking));
        }
    }

    private static void AddSignature(string? signature, List<StreamEvent> events)
    {
        if (signature is { Length: > 0 })
        {
            events.Add(new ReasoningSigned(new OpaqueState(Origins.Anthropic, signature)));
        }
    }

    private static JsonElement InputOf(JsonElement block) => block.FindObject("input")?.Clone() ?? EmptyObject;

    private static JsonElement EmptyObject { get; } = JsonElement.Parse("{}"u8);

    private enum BlockKind
    {
        Text,
        Thinking,
        ToolCall,
        Output,
        Native,
    }

    private sealed class Block(BlockKind kind)
    {
        public BlockKind Kind => kind;

        public int CallIndex { get; init; }

        public bool HasInput { get; set; }

        /// <summary>The arguments that came with the start of a call; of a native block, all of it.</summary>
        public JsonElement Start { get; init; }

        /// <summary>What the deltas of a native block add up to.</summary>
        public GatheredText Input { get; } = new();

        /// <summary>As a whole answer would have had it.</summary>
        public JsonElement ToNative()
        {
            if (Input.Length == 0)
            {
                return Start;
            }

            var isInput = Start.Find("input") is not null;
            var output = new ArrayBufferWriter<byte>(256);
            using (var writer = new Utf8JsonWriter(output, JsonOutput.WriterOptions))
            {
                writer.WriteStartObject();
                foreach (var field in Start.EnumerateObject())
                {
                    if (field.Name == "input" && TryParse(Input.ToString()) is { } input)
                    {
                        writer.WritePropertyName("input"u8);
                        input.WriteTo(writer);
                    }
                    else if (field.Name == "content" && !isInput)
                    {
                        writer.WriteString("content"u8, Input.ToString());
                    }
                    else
                    {
                        field.WriteTo(writer);
                    }
                }

                writer.WriteEndObject();
            }

            return JsonElement.Parse(output.WrittenSpan);
        }

        private static JsonElement? TryParse(string json)
        {
            try
            {
                return JsonElement.Parse(json);
            }
            catch (JsonException)
            {
                // Cut off by the output cap: the input stays the empty one of the start.
                return null;
            }
        }
    }
}
