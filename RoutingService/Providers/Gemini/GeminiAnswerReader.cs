using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace RoutingService.Providers.Gemini;

/// <summary>Reads a whole answer: it is a stream of one event.</summary>
internal static class GeminiAnswerReader
{
    public static void Read(ReadOnlyMemory<byte> body, GeminiAnswer answer, List<StreamEvent> events)
    {
        using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = JsonLimits.MaxDepth });
        var reader = new GeminiEventReader(answer);
        reader.Read(document.RootElement, events);
        reader.EndWhole(events);
    }
}
