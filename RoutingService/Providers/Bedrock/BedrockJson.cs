using System.Text.Json;
using Gateway.Llm.Canonical;

namespace RoutingService.Providers.Bedrock;

/// <summary>What whole answers and streams have in common.</summary>
internal static class BedrockJson
{
    public static string? Text(JsonElement element, string name)
        => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;

    public static MessageEnded End(FinishReason reason, string? stopSequence, int toolCalls, bool hasOutputTool, LlmUsage? usage)
    {
        // A model that answers by its tool says that it called one, or where it had to, that it is done.
        var ended = reason is FinishReason.ToolCalls && toolCalls == 0 && hasOutputTool ? FinishReason.Stop
            : reason is FinishReason.Stop && toolCalls > 0 ? FinishReason.ToolCalls
            : reason;
        return new MessageEnded(ended, usage) { StopSequence = stopSequence };
    }

    /// <summary>Claude tells which, when it is asked to.</summary>
    public static string? StopSequence(JsonElement message)
        => message.TryGetProperty("additionalModelResponseFields", out var fields) ? Text(fields, "stop_sequence") : null;

    public static FinishReason FromStopReason(string? reason) => reason switch
    {
        "end_turn" => FinishReason.Stop,
        "tool_use" => FinishReason.ToolCalls,
        "max_tokens" => FinishReason.Length,
        "stop_sequence" => FinishReason.StopSequence,
        "guardrail_intervened" or "content_filtered" => FinishReason.ContentFilter,
        "malformed_model_output" or "malformed_tool_use" => FinishReason.MalformedToolCall,
        "model_context_window_exceeded" => FinishReason.ContextWindow,
        _ => FinishReason.Other,
    };
}
