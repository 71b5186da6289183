using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Messages;

/// <summary>
/// A conversation of two speakers in turn: instructions from anywhere go to the front, neighbours of one speaker become one turn, and results
/// of tools stand at the front of theirs, in the order of the calls.
/// </summary>
internal sealed class MessagesTurns
{
    private MessagesTurns()
    {
    }

    public List<LlmPart> System { get; } = [];

    public List<(bool IsAssistant, List<LlmPart> Parts)> All { get; } = [];

    public static MessagesTurns From(IReadOnlyList<LlmMessage> messages, RequestContext context)
    {
        var turns = new MessagesTurns();
        foreach (var message in messages)
        {
            var parts = message.Parts.Where(part => part is not TextPart { Text: "" }).ToList();
            if (parts.Count == 0)
            {
                // An empty turn, as an empty text, is refused.
                continue;
            }

            if (message.Role is not (LlmRole.System or LlmRole.Developer))
            {
                turns.Add(message.Role == LlmRole.Assistant, parts);
                continue;
            }

            if (turns.All.Count > 0)
            {
                context.Changed("messages");
            }

            turns.System.AddRange(parts);
        }

        turns.MatchResults(context);
        turns.TrimPrefill();
        return turns;
    }

    private void Add(bool isAssistant, List<LlmPart> parts)
    {
        if (All.Count > 0 && All[^1].IsAssistant == isAssistant)
        {
            All[^1].Parts.AddRange(parts);
        }
        else
        {
            All.Add((isAssistant, parts));
        }
    }

    /// <summary>Every call has its result in the turn behind it, or the request would be refused in words that the client cannot place.</summary>
    private void MatchResults(RequestContext context)
    {
        if (All.Count > 0 && All[^1].Parts.OfType<ToolCallPart>().FirstOrDefault() is { } last)
        {
            throw Unanswered(last.Id, context);
        }

        for (var i = 0; i < All.Count; i++)
        {
            var (isAssistant, parts) = All[i];
            if (isAssistant)
            {
                continue;
            }

            var calls = i > 0 ? All[i - 1].Parts.OfType<ToolCallPart>().Select(call => call.Id).ToList() : [];
            var results = parts.OfType<ToolResultPart>().ToList();
            if (results.Find(result => !calls.Contains(result.CallId)) is { } stray)
            {
                throw context.Invalid($"No tool call of the turn before it has the id '{JsonStrings.Shorten(stray.CallId)}' of a tool result.");
            }

            if (calls.Find(call => results.TrueForAll(result => result.CallId != call)) is { } unanswered)
            {
                throw Unanswered(unanswered, context);
            }

            parts.RemoveAll(part => part is ToolResultPart);
            parts.InsertRange(0, results.OrderBy(result => calls.IndexOf(result.CallId)));
        }
    }

    private static InvalidRequestException Unanswered(string callId, RequestContext context)
        => context.Invalid($"Tool call '{JsonStrings.Shorten(callId)}' has no result.");

    /// <summary>White space at the end of an answer that the model is to go on with is refused.</summary>
    private void TrimPrefill()
    {
        if (All.Count > 0 && All[^1] is { IsAssistant: true, Parts: [.., TextPart text] } last)
        {
            last.Parts.RemoveAt(last.Parts.Count - 1);
            if (text.Text.TrimEnd() is { Length: > 0 } trimmed)
            {
                last.Parts.Add(text with { Text = trimmed });
            }
        }
    }
}
