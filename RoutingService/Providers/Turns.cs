using Gateway.Llm.Canonical;

namespace RoutingService.Providers;

/// <summary>
/// A conversation for providers that know a system prompt and two speakers in turn: instructions from anywhere go to the front, neighbours of
/// one speaker become one turn, and results of tools stand at the front of their turn, in the order of the calls.
/// </summary>
internal sealed class Turns
{
    private readonly Dictionary<string, (string Name, int Order)> _calls = new(StringComparer.Ordinal);

    private bool _skipBlank;

    private Turns()
    {
    }

    public List<TextPart> System { get; } = [];

    public List<Turn> All { get; } = [];

    /// <summary>The names of the tools that were called, in the order of their first calls.</summary>
    public IEnumerable<string> CalledNames => _calls.Values.OrderBy(call => call.Order).Select(call => call.Name).Distinct(StringComparer.Ordinal);

    /// <param name="skipBlank">Leaves out text of white space alone, which some refuse.</param>
    public static Turns Read(RequestTranslation translation, bool skipBlank = false)
    {
        var turns = new Turns { _skipBlank = skipBlank };
        foreach (var message in translation.Request.Messages)
        {
            if (message.Role is LlmRole.System or LlmRole.Developer)
            {
                turns.AddSystem(message, translation);
            }
            else
            {
                turns.Add(message);
            }
        }

        foreach (var turn in turns.All.Where(turn => !turn.IsAssistant))
        {
            turns.PutResultsFirst(turn);
        }

        return turns;
    }

    /// <summary>What the tool was called whose result this is.</summary>
    public string NameOf(ToolResultPart result, RequestTranslation translation)
        => _calls.TryGetValue(result.CallId, out var call)
            ? call.Name
            : throw translation.Invalid($"No tool call has the id '{Gateway.Llm.Json.JsonStrings.Shorten(result.CallId)}' of a tool result.");

    private void AddSystem(LlmMessage message, RequestTranslation translation)
    {
        if (All.Count > 0)
        {
            // Instructions from the middle of a conversation.
            translation.Changed("messages");
        }

        foreach (var part in message.Parts)
        {
            if (part is TextPart text)
            {
                if (!IsSkipped(text))
                {
                    System.Add(text);
                }
            }
            else
            {
                throw translation.Refuse("messages", "a system prompt is text.");
            }
        }
    }

    private void Add(LlmMessage message)
    {
        var parts = message.Parts.Where(part => !IsSkipped(part)).ToList();
        if (parts.Count == 0)
        {
            return;
        }

        var isAssistant = message.Role == LlmRole.Assistant;
        if (All.Count == 0 || All[^1].IsAssistant != isAssistant)
        {
            All.Add(new Turn(isAssistant));
        }

        All[^1].Parts.AddRange(parts);
        foreach (var call in message.Parts.OfType<ToolCallPart>())
        {
            _calls[call.Id] = (call.Name, _calls.Count);
        }
    }

    private bool IsSkipped(LlmPart part) => _skipBlank && part is TextPart { Text: var text } && string.IsNullOrWhiteSpace(text);

    private void PutResultsFirst(Turn turn)
    {
        var results = turn.Parts.OfType<ToolResultPart>().ToList();
        if (results.Count == 0)
        {
            return;
        }

        turn.Parts.RemoveAll(part => part is ToolResultPart);
        turn.Parts.InsertRange(0, results.OrderBy(result => _calls.TryGetValue(result.CallId, out var call) ? call.Order : int.MaxValue));
    }
}

internal sealed record Turn(bool IsAssistant)
{
    public List<LlmPart> Parts { get; } = [];
}
