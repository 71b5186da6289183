using System.Text.Json;
using Gateway.Llm.Canonical;

namespace Gateway.Llm.Messages;

/// <summary>What a message has around its content.</summary>
internal static class MessagesHead
{
    public static void Write(Utf8JsonWriter writer, AnswerContext context)
    {
        writer.WriteString("id"u8, MessagesVocabulary.IdOf(context));
        writer.WriteString("type"u8, "message"u8);
        writer.WriteString("role"u8, "assistant"u8);
        writer.WriteString("model"u8, context.Request.Model);
    }

    public static void WriteStop(Utf8JsonWriter writer, MessageEnded ended, MessagesBlocks blocks)
    {
        var reason = blocks.IsRefusal && ended.Reason == FinishReason.Stop ? FinishReason.Refusal : ended.Reason;
        // A sequence that the provider does not tell cannot be named: to a client it is an end like any other.
        reason = reason == FinishReason.StopSequence && ended.StopSequence is null ? FinishReason.Stop : reason;
        writer.WriteString("stop_reason"u8, MessagesVocabulary.WriteStopReason(reason, blocks.HasToolCall));
        writer.WriteString("stop_sequence"u8, reason == FinishReason.StopSequence ? ended.StopSequence : null);
        writer.WriteNull("stop_details"u8);
        writer.WriteNull("container"u8);
    }
}
