using System.Text;
using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace RoutingService.Providers.Bedrock;

/// <summary>
/// Reads ConverseStream. Text and reasoning begin with their first piece, only tools have a start of their own; usage comes behind the reason
/// for the end.
/// </summary>
internal sealed class BedrockEventReader(BedrockAnswer answer) : EventReader
{
    private readonly BedrockBlocks _blocks = new(answer);
    private readonly HalfCharacters _halves = new();
    private BedrockNativeBlock? _native;
    private FinishReason? _finish;
    private string? _stopSequence;
    private LlmUsage? _usage;

    public override bool HasTextFrames => false;

    public override int FindFrameEnd(ReadOnlySpan<byte> bytes, int searched) => EventStreamMessage.FindEnd(bytes);

    public override void Read(ReadOnlySpan<byte> frame, List<StreamEvent> events)
    {
        var message = EventStreamMessage.Parse(frame);
        var type = message.FindText(":message-type"u8);
        if (type.SequenceEqual("exception"u8))
        {
            Fail(BedrockErrors.FromException(Encoding.UTF8.GetString(message.FindText(":exception-type"u8)), message.Payload), events);
            return;
        }

        if (type.SequenceEqual("error"u8))
        {
            Fail(BedrockErrors.FromError(
                Encoding.UTF8.GetString(message.FindText(":error-code"u8)), Encoding.UTF8.GetString(message.FindText(":error-message"u8))), events);
            return;
        }

        var reader = new Utf8JsonReader(_halves.Join(message.Payload), JsonLimits.ReaderOptions);
        using var document = JsonDocument.ParseValue(ref reader);
        try
        {
            Read(message.FindText(":event-type"u8), document.RootElement, events);
        }
        catch (InvalidOperationException exception)
        {
            // A string that is no text, or a value of another kind than it must be.
            throw new JsonException("The event has a value that cannot be read.", exception);
        }
    }

    public override void End(List<StreamEvent> events)
    {
        if (_finish is { } reason && !IsEnded)
        {
            IsEnded = true;
            events.Add(BedrockJson.End(reason, _stopSequence, _blocks.ToolCalls, answer.OutputTool is not null, _usage));
        }
    }

    private void Read(ReadOnlySpan<byte> type, JsonElement payload, List<StreamEvent> events)
    {
        if (type.SequenceEqual("messageStart"u8))
        {
            events.Add(new AnswerStarted(null, null));
        }
        else if (type.SequenceEqual("contentBlockStart"u8) && payload.TryGetProperty("start", out var start))
        {
            ReadStart(start, events);
        }
        else if (type.SequenceEqual("contentBlockDelta"u8) && payload.TryGetProperty("delta", out var delta))
        {
            ReadDelta(delta, events);
        }
        else if (type.SequenceEqual("contentBlockStop"u8))
        {
            EndBlock(events);
        }
        else if (type.SequenceEqual("messageStop"u8))
        {
            EndBlock(events);
            _finish = BedrockJson.FromStopReason(BedrockJson.Text(payload, "stopReason"));
            _stopSequence = BedrockJson.StopSequence(payload);
        }
        else if (type.SequenceEqual("metadata"u8))
        {
            _usage = BedrockUsage.Find(payload);
            End(events);
        }
    }

    private void ReadStart(JsonElement start, List<StreamEvent> events)
    {
        if (start.TryGetProperty("toolUse", out var call) && BedrockJson.Text(call, "type") is null)
        {
            _blocks.StartCall(BedrockJson.Text(call, "toolUseId") ?? "", BedrockJson.Text(call, "name") ?? "", events);
        }
        else if (start.EnumerateObject().Any())
        {
            // Some models begin their text with an empty start.
            _native = new BedrockNativeBlock(start);
        }
    }

    private void ReadDelta(JsonElement delta, List<StreamEvent> events)
    {
        if (_native is { } native)
        {
            native.Add(delta);
        }
        else if (BedrockJson.Text(delta, "text") is { } text)
        {
            _blocks.AddText(text, events);
        }
        else if (delta.TryGetProperty("toolUse", out var call))
        {
            _blocks.AddArguments(BedrockJson.Text(call, "input") ?? "", events);
        }
        else if (delta.TryGetProperty("reasoningContent", out var reasoning))
        {
            _blocks.AddReasoning(reasoning, events);
        }
        else if (delta.TryGetProperty("citation", out var citation))
        {
            BedrockBlocks.AddCitation(citation, events);
        }
    }

    private void EndBlock(List<StreamEvent> events)
    {
        if (_native is { } native)
        {
            _native = null;
            _blocks.AddNative(native.Write(), events);
        }

        _blocks.End(events);
    }

    private void Fail(AnswerFailed failed, List<StreamEvent> events)
    {
        IsEnded = true;
        events.Add(failed);
    }
}
