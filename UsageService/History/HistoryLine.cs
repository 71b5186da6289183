using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Contracts;
using Gateway.Contracts.Routing;
using UsageService.RequestLog;

namespace UsageService.History;

/// <summary>
/// A call as a line of a <c>call_history.jsonl</c>: always the same members, null where nothing is known, and no text of a prompt or an answer.
/// Beyond the members of old: the ids, and how the call ended.
/// </summary>
internal static class HistoryLine
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(LoggedCall call) => View(call).ToJsonString(Plain) + "\n";

    public static JsonObject View(LoggedCall call)
    {
        var automatic = call.Route is { } route ? JsonSerializer.Deserialize(route, ContractsJson.Default.RouteTrace)?.Automatic : null;
        return new JsonObject
        {
            ["sequence"] = call.Sequence,
            ["id"] = call.Id,
            ["request_id"] = call.RequestId,
            ["timestamp"] = call.CreatedAt,
            ["status_code"] = call.StatusCode,
            ["error"] = call.ErrorCode,
            ["request"] = new JsonObject
            {
                ["messages"] = null,
                ["temperature"] = null,
                ["max_tokens"] = null,
                ["stream"] = call.Stream,
                ["user_specified_model"] = automatic is null ? call.RequestedModel : null,
            },
            ["routing"] = Routing(automatic),
            ["llm"] = new JsonObject
            {
                ["model"] = call.UpstreamModel,
                ["provider"] = call.Provider,
                ["response_id"] = null,
                ["response_content"] = null,
                ["input_tokens"] = call.Usage.PromptTokens,
                ["output_tokens"] = call.Usage.CompletionTokens,
                ["total_tokens"] = call.Usage.PromptTokens + call.Usage.CompletionTokens,
                ["usage_source"] = call.Usage.Source,
                ["cost_usd"] = call.Usage.CostUsd,
                ["llm_latency_ms"] = Math.Round(call.LatencyMs, 2),
            },
        };
    }

    /// <summary>Its number; null for a line that is none of ours.</summary>
    public static long? ReadSequence(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            long? sequence = null;
            while (reader.Read())
            {
                if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("sequence"u8))
                {
                    sequence = reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) ? number : null;
                }
            }

            return sequence;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonObject Routing(AutomaticTrace? automatic) => new()
    {
        ["method"] = automatic?.Method ?? "user_specified",
        ["query"] = null,
        ["routing_latency_ms"] = automatic is null ? null : Math.Round(automatic.LatencyMs, 2),
        ["tier"] = automatic?.Tier,
        ["complexity_score"] = automatic?.Score,
        ["task_type"] = automatic?.TaskType,
        ["error"] = automatic?.Error,
    };
}
