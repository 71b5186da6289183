using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Responses;

/// <summary>
/// Makes turns of items: what the model put out in a row (reasoning, messages, calls) is one turn of the assistant's, results in a row are one
/// turn of results.
/// </summary>
internal sealed class ResponsesInputReader
{
    private readonly List<LlmMessage> _messages = [];
    private readonly HashSet<string> _calls = new(StringComparer.Ordinal);
    private readonly HashSet<string> _results = new(StringComparer.Ordinal);
    private List<LlmPart> _parts = [];
    private OpaqueState? _stateOfNextCall;

    private ResponsesInputReader()
    {
    }

    public static IReadOnlyList<LlmMessage> Read(JsonElement root)
    {
        var reader = new ResponsesInputReader();
        if (root.FindText("instructions") is { Length: > 0 } instructions)
        {
            reader._messages.Add(new LlmMessage(LlmRole.System, instructions));
        }

        var input = root.Find("input") ?? default;
        if (input.ValueKind == JsonValueKind.String)
        {
            reader._messages.Add(new LlmMessage(LlmRole.User, input.GetString()!));
            return reader._messages;
        }

        var index = 0;
        foreach (var item in root.FindArray("input"))
        {
            reader.ReadItem(item, $"input[{index++}]");
        }

        reader.CheckCalls();
        return reader._messages;
    }

    private void ReadItem(JsonElement item, string param)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidRequestException("invalid_type", $"'{param}' must be an object.", param);
        }

        switch (item.FindText("type"))
        {
            case null or "message":
                ReadMessage(item, param);
                break;
            case "reasoning":
                ReadReasoning(item);
                break;
            case "function_call":
                AddCall(item, param, Require(item, "arguments", param), isFreeform: false);
                break;
            case "custom_tool_call":
                AddCall(item, param, Require(item, "input", param), isFreeform: true);
                break;
            case "function_call_output":
                AddResult(item, param, isFreeform: false);
                break;
            case "custom_tool_call_output":
                AddResult(item, param, isFreeform: true);
                break;
            case "item_reference":
                throw new InvalidRequestException(
                    "item_not_found", $"Item with id '{JsonStrings.Shorten(item.FindText("id") ?? "")}' not found.", param);

            // Answers to hosted tools come from the client; all others are what the model has done.
            case { } type:
                Add(
                    type.EndsWith("_output", StringComparison.Ordinal) || type == "mcp_approval_response" ? LlmRole.User : LlmRole.Assistant,
                    new NativePart(Origins.OpenAI, item.Clone()));
                break;
        }
    }

    private void ReadMessage(JsonElement item, string param)
    {
        var role = item.FindText("role") switch
        {
            "user" => LlmRole.User,
            "assistant" => LlmRole.Assistant,
            "system" => LlmRole.System,
            "developer" => LlmRole.Developer,
            _ => throw new InvalidRequestException("invalid_value", $"'{param}.role' must be user, assistant, system or developer.", $"{param}.role"),
        };
        var parts = new List<LlmPart>();
        var content = item.Find("content") ?? default;
        switch (content.ValueKind)
        {
            case JsonValueKind.String:
                if (content.GetString() is { Length: > 0 } text)
                {
                    parts.Add(new TextPart(text));
                }

                break;
            case JsonValueKind.Array:
                foreach (var part in content.EnumerateArray())
                {
                    parts.Add(ReadPart(part, $"{param}.content[{parts.Count}]"));
                }

                break;
            default:
                throw new InvalidRequestException("invalid_type", $"'{param}.content' must be a string or an array of parts.", $"{param}.content");
        }

        if (role == LlmRole.Assistant)
        {
            parts.ForEach(part => Add(role, part));
        }
        else
        {
            _messages.Add(new LlmMessage(role, parts));
        }
    }

    private static LlmPart ReadPart(JsonElement part, string param)
        => part.FindObject("prompt_cache_breakpoint") is null ? ReadContent(part, param) : ReadContent(part, param) with { Cache = new CacheMarker() };

    private static LlmPart ReadContent(JsonElement part, string param) => part.FindText("type") switch
    {
        "input_text" or "output_text" or "text" => new TextPart(Require(part, "text", param)) { Citations = ReadCitations(part) },
        "refusal" => new RefusalPart(Require(part, "refusal", param)),
        "input_image" => ResponsesMedia.ReadImage(part, param),
        "input_file" => ResponsesMedia.ReadFile(part, param),
        var type => throw new InvalidRequestException(
            "invalid_value", $"'{param}.type' is no kind of content: '{JsonStrings.Shorten(type ?? "")}'.", $"{param}.type"),
    };

    private static IReadOnlyList<Citation> ReadCitations(JsonElement part)
        => [.. part.FindArray("annotations").Select(ResponsesOutputReader.ReadCitation)];

    private void ReadReasoning(JsonElement item)
    {
        var text = ResponsesOutputReader.ReasoningText(item);
        var state = item.FindText("encrypted_content") is { Length: > 0 } encrypted
            ? OpaqueState.FromField(encrypted, Origins.OpenAI, item.FindText("id"))
            : null;
        switch (state)
        {
            case { Id: ResponsesVocabulary.StateOfCall, Origin: not Origins.OpenAI }:
                _stateOfNextCall = state with { Id = null };
                break;
            case { Id: ResponsesVocabulary.StateOfText, Origin: not Origins.OpenAI }:
                AddStateOfText(state with { Id = null });
                break;
            case { Id: ResponsesVocabulary.Redacted, Origin: not Origins.OpenAI }:
                Add(LlmRole.Assistant, new ReasoningPart(text) { State = state with { Id = null }, IsRedacted = true });
                break;
            default:
                Add(LlmRole.Assistant, new ReasoningPart(text) { State = state });
                break;
        }
    }

    private void AddStateOfText(OpaqueState state)
    {
        if (_messages is [.., { Role: LlmRole.Assistant }] && _parts is [.., TextPart last])
        {
            _parts[^1] = last with { State = state };
        }
        else
        {
            Add(LlmRole.Assistant, new TextPart("") { State = state });
        }
    }

    private void AddCall(JsonElement item, string param, string arguments, bool isFreeform)
    {
        var id = Require(item, "call_id", param);
        _calls.Add(id);
        Add(LlmRole.Assistant, new ToolCallPart(id, Require(item, "name", param), arguments) { IsFreeform = isFreeform, State = _stateOfNextCall });
        _stateOfNextCall = null;
    }

    private void AddResult(JsonElement item, string param, bool isFreeform)
    {
        var id = Require(item, "call_id", param);
        if (!_calls.Contains(id))
        {
            throw new InvalidRequestException(
                "tool_call_not_found", $"No tool call found for function call output with call_id {JsonStrings.Shorten(id)}.", "input");
        }

        var output = item.Find("output") ?? default;
        IReadOnlyList<LlmPart> content = output.ValueKind switch
        {
            JsonValueKind.String => [new TextPart(output.GetString()!)],
            JsonValueKind.Array => [.. output.EnumerateArray().Select((part, index) => ReadPart(part, $"{param}.output[{index}]"))],
            _ => throw new InvalidRequestException("invalid_type", $"'{param}.output' must be a string or an array of parts.", $"{param}.output"),
        };
        _results.Add(id);
        Add(LlmRole.Tool, new ToolResultPart(id, content) { IsFreeform = isFreeform });
    }

    /// <summary>Every provider wants a result for each call, and only some say clearly which one is missing.</summary>
    private void CheckCalls()
    {
        _calls.ExceptWith(_results);
        if (_calls.Count > 0)
        {
            throw new InvalidRequestException(
                "tool_output_not_found", $"No tool output found for function call {JsonStrings.Shorten(_calls.First())}.", "input");
        }
    }

    private void Add(LlmRole role, LlmPart part)
    {
        if (_messages.Count == 0 || _messages[^1].Role != role || !ReferenceEquals(_messages[^1].Parts, _parts))
        {
            _parts = [];
            _messages.Add(new LlmMessage(role, _parts));
        }

        _parts.Add(part);
    }

    private static string Require(JsonElement element, string name, string param)
        => element.FindText(name) ?? throw new InvalidRequestException("missing_required_parameter", $"'{param}.{name}' is required.", $"{param}.{name}");
}
