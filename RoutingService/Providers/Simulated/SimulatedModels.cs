using System.Text;
using Gateway.Llm.Canonical;

namespace RoutingService.Providers.Simulated;

/// <summary>What each simulated model says, as events: pure, so the same request gives the same answer.</summary>
internal static class SimulatedModels
{
    private static readonly string[] Lorem =
        "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna aliqua".Split(' ');

    /// <summary>Null for a model that there is not.</summary>
    public static IReadOnlyList<StreamEvent>? Answer(string model, LlmRequest request, SimulatedKnobs knobs) => model switch
    {
        "echo" => Text(request, SplitWords(LastUserText(request)), FinishReason.Stop),
        "lorem" => Text(request, Words(knobs.Tokens), FinishReason.Stop),
        "json" => Text(request, SplitWords(SchemaSample.Create(request.Output?.Schema)), FinishReason.Stop),
        "tool" => ToolCall(request),
        _ => null,
    };

    /// <summary>About four characters to a token, at least one.</summary>
    public static long CountTokens(string text) => text.Length == 0 ? 0 : Math.Max(1, (text.Length + 3) / 4);

    private static List<StreamEvent> Text(LlmRequest request, IEnumerable<string> pieces, FinishReason reason)
    {
        var events = new List<StreamEvent>();
        var output = 0L;
        foreach (var piece in pieces)
        {
            var tokens = CountTokens(piece);
            if (request.MaxOutputTokens is { } cap && output + tokens > cap)
            {
                reason = FinishReason.Length;
                break;
            }

            output += tokens;
            events.Add(new TextDelta(piece));
        }

        events.Add(End(request, reason, output));
        return events;
    }

    private static List<StreamEvent> ToolCall(LlmRequest request)
    {
        if (request.Tools.OfType<FunctionTool>().FirstOrDefault() is not { } tool)
        {
            return Text(request, ["There is no tool to call."], FinishReason.Stop);
        }

        var arguments = SchemaSample.Create(tool.Parameters);
        return
        [
            new ToolCallStarted(0, "call_simulated0", tool.Name),
            .. SplitWords(arguments).Select(piece => new ToolCallDelta(0, piece)),
            End(request, FinishReason.ToolCalls, CountTokens(tool.Name) + CountTokens(arguments)),
        ];
    }

    private static MessageEnded End(LlmRequest request, FinishReason reason, long outputTokens)
        => new(reason, new LlmUsage { Input = request.Messages.Sum(message => CountTokens(message.Text) + 3), Output = outputTokens });

    private static string LastUserText(LlmRequest request)
        => request.Messages.LastOrDefault(message => message.Role == LlmRole.User)?.Text ?? "";

    private static IEnumerable<string> Words(int count)
    {
        for (var i = 0; i < count; i++)
        {
            yield return i == 0 ? "Lorem" : $" {Lorem[i % Lorem.Length]}";
        }
    }

    /// <summary>Pieces that end before a space, as tokens do.</summary>
    private static IEnumerable<string> SplitWords(string text)
    {
        var piece = new StringBuilder();
        foreach (var character in text)
        {
            if (char.IsWhiteSpace(character) && piece.Length > 0)
            {
                yield return piece.ToString();
                piece.Clear();
            }

            piece.Append(character);
        }

        if (piece.Length > 0)
        {
            yield return piece.ToString();
        }
    }
}
