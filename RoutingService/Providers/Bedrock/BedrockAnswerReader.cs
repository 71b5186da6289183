using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace RoutingService.Providers.Bedrock;

/// <summary>Reads what Converse answers.</summary>
internal static class BedrockAnswerReader
{
    public static void Read(ReadOnlyMemory<byte> body, BedrockAnswer answer, List<StreamEvent> events)
    {
        using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = JsonLimits.MaxDepth });
        try
        {
            Read(document.RootElement, answer, events);
        }
        catch (InvalidOperationException exception)
        {
            throw new JsonException("The answer has a value that cannot be read.", exception);
        }
    }

    private static void Read(JsonElement root, BedrockAnswer answer, List<StreamEvent> events)
    {
        events.Add(new AnswerStarted(null, null));
        var blocks = new BedrockBlocks(answer);
        if (root.TryGetProperty("output", out var output) && output.TryGetProperty("message", out var message)
            && message.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.Array)
        {
            foreach (var block in content.EnumerateArray())
            {
                blocks.AddBlock(block, events);
            }
        }

        if (BedrockJson.Text(root, "stopReason") is { } reason)
        {
            events.Add(BedrockJson.End(
                BedrockJson.FromStopReason(reason),
                BedrockJson.StopSequence(root),
                blocks.ToolCalls,
                answer.OutputTool is not null,
                BedrockUsage.Find(root)));
        }
    }
}
