using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Messages;

/// <summary>Reads a whole message into the events that a stream of it would give.</summary>
public static class MessagesAnswerReader
{
    /// <param name="outputTool">As <see cref="MessagesEventReader"/> has it.</param>
    public static void Read(ReadOnlyMemory<byte> body, List<StreamEvent> events, string? outputTool = null)
    {
        using var document = JsonDocument.Parse(body);
        var message = document.RootElement;
        if (message.FindText("type") == "error" && MessagesErrors.Read(message) is { } failure)
        {
            events.Add(failure);
            return;
        }

        if (message.FindText("type") != "message")
        {
            throw new JsonException("Not a message.");
        }

        events.Add(new AnswerStarted(message.FindText("id"), message.FindText("model")));
        var toolCalls = 0;
        foreach (var block in message.FindArray("content"))
        {
            ReadBlock(block, outputTool, ref toolCalls, events);
        }

        var usage = new MessagesUsage();
        if (message.Find("usage") is { } reported)
        {
            usage.Read(reported);
        }

        var stopReason = message.FindText("stop_reason");
        stopReason = outputTool is not null && toolCalls == 0 && stopReason == "tool_use" ? "end_turn" : stopReason;
        events.Add(new MessageEnded(MessagesVocabulary.ReadStopReason(stopReason, toolCalls > 0), usage.Current)
        {
            StopSequence = message.FindText("stop_sequence"),
        });
    }

    private static void ReadBlock(JsonElement block, string? outputTool, ref int toolCalls, List<StreamEvent> events)
    {
        switch (block.FindText("type"))
        {
            case "text":
                AddText(block, events);
                break;
            case "thinking":
                AddThinking(block, events);
                break;
            case "redacted_thinking":
                events.Add(new ReasoningSigned(new OpaqueState(Origins.Anthropic, block.FindText("data") ?? ""), IsRedacted: true));
                break;
            case "tool_use" when outputTool is not null && block.FindText("name") == outputTool:
                events.Add(new TextDelta(InputOf(block)));
                break;
            case "tool_use":
                events.Add(new ToolCallStarted(toolCalls, block.FindText("id") ?? "", block.FindText("name") ?? ""));
                events.Add(new ToolCallDelta(toolCalls, InputOf(block)));
                toolCalls++;
                break;
            default:
                events.Add(new NativePartAdded(new NativePart(Origins.Anthropic, block.Clone())));
                break;
        }

        events.Add(PartEnded.Instance);
    }

    private static string InputOf(JsonElement block) => block.FindObject("input") is { } input ? CompactJson.Write(input) : "{}";

    private static void AddText(JsonElement block, List<StreamEvent> events)
    {
        if (block.FindText("text") is { Length: > 0 } text)
        {
            events.Add(new TextDelta(text));
            events.AddRange(block.FindArray("citations").Select(citation => new CitationAdded(MessagesCitations.Read(citation))));
        }
    }

    private static void AddThinking(JsonElement block, List<StreamEvent> events)
    {
        if (block.FindText("thinking") is { Length: > 0 } thinking)
        {
            events.Add(new ReasoningDelta(thinking));
        }

        if (block.FindText("signature") is { Length: > 0 } signature)
        {
            events.Add(new ReasoningSigned(new OpaqueState(Origins.Anthropic, signature)));
        }
    }
}
