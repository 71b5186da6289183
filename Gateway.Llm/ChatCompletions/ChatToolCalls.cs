using System.Text.Json;
using Gateway.Llm.Canonical;

namespace Gateway.Llm.ChatCompletions;

/// <summary>Joins the pieces of an answer's tool calls. State of one answer.</summary>
internal sealed class ChatToolCalls
{
    private readonly List<OpenCall> _calls = [];
    private OpenCall? _legacy;

    /// <summary>For the ids of calls that came without one.</summary>
    public string? AnswerId { get; set; }

    public bool Any => _calls.Count > 0;

    /// <summary>One piece of <c>tool_calls</c>.</summary>
    public void Read(JsonElement call, List<StreamEvent> events) => Continue(Find(call), call, events);

    /// <summary><c>function_call</c>: there is one at most, without an id.</summary>
    public void ReadLegacy(JsonElement function, List<StreamEvent> events)
    {
        if (_legacy is null)
        {
            _calls.Add(_legacy = new OpenCall(_calls.Count, Key: -1));
        }

        Append(_legacy, function, "arguments", events);
    }

    /// <summary>Those whose name never came.</summary>
    public void End(List<StreamEvent> events)
    {
        foreach (var call in _calls.Where(call => !call.IsStarted))
        {
            Start(call, events);
        }
    }

    /// <summary>
    /// Calls are told apart by their index. There are those that send every call with index 0, or with none: then a new id is a new call.
    /// </summary>
    private OpenCall Find(JsonElement call)
    {
        var id = ChatChoiceReader.TextMember(call, "id");
        var key = call.TryGetProperty("index", out var given) && given.ValueKind == JsonValueKind.Number && given.TryGetInt32(out var number) ? number : (int?)null;
        var found = key is null && id is null ? _calls.LastOrDefault()
            : _calls.FindLast(open => (key is null || open.Key == key) && (id is null || open.Id is null || open.Id == id));
        if (found is null)
        {
            _calls.Add(found = new OpenCall(_calls.Count, key ?? _calls.Count));
        }

        found.Id ??= id;
        return found;
    }

    private void Continue(OpenCall open, JsonElement call, List<StreamEvent> events)
    {
        open.State ??= ChatReasoning.ReadTextState(call);
        if (call.TryGetProperty("custom", out var custom) && custom.ValueKind == JsonValueKind.Object)
        {
            open.IsFreeform = true;
            Append(open, custom, "input", events);
        }
        else if (call.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object)
        {
            Append(open, function, "arguments", events);
        }
    }

    private void Append(OpenCall open, JsonElement call, string argumentsName, List<StreamEvent> events)
    {
        open.Name ??= ChatChoiceReader.TextMember(call, "name");
        if (!open.IsStarted && open.Name is not null)
        {
            Start(open, events);
        }

        if (ChatChoiceReader.TextMember(call, argumentsName) is not { } arguments)
        {
            return;
        }

        if (open.IsStarted)
        {
            events.Add(new ToolCallDelta(open.Index, arguments));
        }
        else
        {
            open.Early += arguments;
        }
    }

    private void Start(OpenCall open, List<StreamEvent> events)
    {
        open.IsStarted = true;
        events.Add(new ToolCallStarted(open.Index, open.Id ?? MakeId(open.Index), open.Name ?? "")
        {
            IsFreeform = open.IsFreeform,
            State = open.State,
        });
        if (open.Early is { Length: > 0 } early)
        {
            events.Add(new ToolCallDelta(open.Index, early));
        }
    }

    private string MakeId(int index)
    {
        var unique = string.Concat((AnswerId ?? "").Where(char.IsAsciiLetterOrDigit).TakeLast(24));
        return $"call_{unique}_{index}";
    }

    /// <param name="Key">The provider's own index.</param>
    private sealed record OpenCall(int Index, int Key)
    {
        public string? Id { get; set; }

        public string? Name { get; set; }

        public bool IsFreeform { get; set; }

        public OpaqueState? State { get; set; }

        public bool IsStarted { get; set; }

        /// <summary>Arguments that came before the name.</summary>
        public string? Early { get; set; }
    }
}
