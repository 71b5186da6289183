using System.Text;
using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.ChatCompletions;

/// <summary>
/// Reads a choice, of a chunk or of a whole answer: both have the same members. Only the first choice is read: other formats have one
/// answer. State of one answer.
/// </summary>
internal sealed class ChatChoiceReader
{
    private readonly ChatToolCalls _calls = new();
    private StringBuilder? _audioData;
    private StringBuilder? _audioTranscript;
    private string? _audioId;
    private long? _audioExpiresAt;
    private string? _finish;
    private bool _hasRefusal;

    /// <summary>For the ids of calls that came without one.</summary>
    public string? AnswerId
    {
        get => _calls.AnswerId;
        set => _calls.AnswerId = value;
    }

    /// <summary>There was an answer at all, whatever is in it.</summary>
    public bool HasChoice { get; private set; }

    /// <summary>The provider has said why it ended.</summary>
    public bool HasFinish => _finish is not null;

    /// <summary>Reads the array of choices from its first token on.</summary>
    public void ReadChoices(ref Utf8JsonReader reader, List<StreamEvent> events)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                ReadChoice(ref reader, events);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    /// <summary>Adds what only the end decides, and the end.</summary>
    public void End(LlmUsage? usage, List<StreamEvent> events)
    {
        _calls.End(events);
        if (_audioData is not null)
        {
            events.Add(new NativePartAdded(new NativePart(ChatVocabulary.AudioOrigin, Audio())));
        }

        events.Add(new MessageEnded(ChatVocabulary.ReadFinishReason(_finish, _calls.Any, _hasRefusal), usage));
    }

    private void ReadChoice(ref Utf8JsonReader reader, List<StreamEvent> events)
    {
        var delta = default(Delta);
        var index = 0;
        string? finish = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("delta"u8) || reader.ValueTextEquals("message"u8))
            {
                reader.Read();
                delta = ReadDelta(ref reader, delta);
            }
            else if (reader.ValueTextEquals("index"u8))
            {
                reader.Read();
                index = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number) ? number : 0;
            }
            else if (reader.ValueTextEquals("finish_reason"u8))
            {
                reader.Read();
                finish = ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("logprobs"u8))
            {
                reader.Read();
                delta = delta with { Logprobs = ReadElement(ref reader) };
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        if (index == 0)
        {
            HasChoice = true;
            _finish ??= finish;
            Emit(delta, events);
        }
    }

    private static Delta ReadDelta(ref Utf8JsonReader reader, Delta delta)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return delta;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("content"u8))
            {
                reader.Read();
                delta = reader.TokenType == JsonTokenType.StartArray
                    ? ReadContentParts(ReadElement(ref reader)!.Value, delta)
                    : delta with { Content = ReadText(ref reader) };
            }
            else if (reader.ValueTextEquals("reasoning_content"u8) || reader.ValueTextEquals("reasoning"u8))
            {
                // Some send both, with the same text.
                reader.Read();
                delta = delta with { Reasoning = ReadText(ref reader) ?? delta.Reasoning };
            }
            else if (reader.ValueTextEquals("refusal"u8))
            {
                reader.Read();
                delta = delta with { Refusal = ReadText(ref reader) };
            }
            else if (reader.ValueTextEquals("tool_calls"u8))
            {
                reader.Read();
                delta = delta with { ToolCalls = ReadElement(ref reader) };
            }
            else if (reader.ValueTextEquals("role"u8))
            {
                reader.Read();
                reader.Skip();
            }
            else
            {
                delta = ReadRareMember(ref reader, delta);
            }
        }

        return delta;
    }

    private static Delta ReadRareMember(ref Utf8JsonReader reader, Delta delta)
    {
        var name = reader.GetString();
        reader.Read();
        switch (name)
        {
            case "reasoning_details":
                return delta with { ReasoningDetails = ReadElement(ref reader) };
            case "annotations":
                return delta with { Annotations = ReadElement(ref reader) };
            case "function_call":
                return delta with { FunctionCall = ReadElement(ref reader) };
            case "audio":
                return delta with { Audio = ReadElement(ref reader) };
            default:
                reader.Skip();
                return delta;
        }
    }

    /// <summary>Mistral's models that think answer in parts.</summary>
    private static Delta ReadContentParts(JsonElement parts, Delta delta)
    {
        foreach (var part in parts.EnumerateArray().Where(part => part.ValueKind == JsonValueKind.Object))
        {
            if (RequestField.TryGet(part, "text", out var text) && text.ValueKind == JsonValueKind.String)
            {
                delta = delta with { Content = delta.Content + text.GetString() };
            }
            else if (RequestField.TryGet(part, "thinking", out var thinking) && thinking.ValueKind == JsonValueKind.Array)
            {
                delta = delta with { Reasoning = delta.Reasoning + string.Concat(thinking.EnumerateArray().Select(TextOf)) };
            }
        }

        return delta;
    }

    private static string? TextOf(JsonElement part)
        => part.ValueKind == JsonValueKind.Object && RequestField.TryGet(part, "text", out var text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()
            : null;

    private void Emit(in Delta delta, List<StreamEvent> events)
    {
        if (delta.Reasoning is { Length: > 0 } reasoning)
        {
            events.Add(new ReasoningDelta(reasoning));
        }

        if (delta.ReasoningDetails is { ValueKind: JsonValueKind.Array } details)
        {
            EmitStates(details, events);
        }

        if (delta.Content is { Length: > 0 } content)
        {
            events.Add(new TextDelta(content));
        }

        if (delta.Refusal is { Length: > 0 } refusal)
        {
            _hasRefusal = true;
            events.Add(new RefusalDelta(refusal));
        }

        if (delta.Logprobs is { ValueKind: JsonValueKind.Object } logprobs
            && logprobs.TryGetProperty("content", out var tokens) && tokens.ValueKind == JsonValueKind.Array && tokens.GetArrayLength() > 0)
        {
            events.Add(new LogprobsAdded(tokens));
        }

        if (delta.Annotations is { ValueKind: JsonValueKind.Array } annotations)
        {
            events.AddRange(annotations.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.Object).Select(ChatCitations.Read));
        }

        if (delta.ToolCalls is { ValueKind: JsonValueKind.Array } calls)
        {
            foreach (var call in calls.EnumerateArray().Where(call => call.ValueKind == JsonValueKind.Object))
            {
                _calls.Read(call, events);
            }
        }

        if (delta.FunctionCall is { ValueKind: JsonValueKind.Object } function)
        {
            _calls.ReadLegacy(function, events);
        }

        if (delta.Audio is { ValueKind: JsonValueKind.Object } audio)
        {
            AppendAudio(audio);
        }
    }

    private static void EmitStates(JsonElement details, List<StreamEvent> events)
    {
        foreach (var detail in details.EnumerateArray().Where(detail => detail.ValueKind == JsonValueKind.Object))
        {
            var part = ChatReasoning.ReadDetail(detail, "message");
            if (part.State is { } state)
            {
                events.Add(new ReasoningSigned(state, part.IsRedacted));
            }
        }
    }

    private void AppendAudio(JsonElement audio)
    {
        (_audioData, _audioTranscript) = (_audioData ?? new(), _audioTranscript ?? new());
        _audioId ??= TextMember(audio, "id");
        _audioExpiresAt = audio.TryGetProperty("expires_at", out var expiry) && expiry.TryGetInt64(out var seconds) ? seconds : _audioExpiresAt;
        _audioData.Append(TextMember(audio, "data"));
        _audioTranscript.Append(TextMember(audio, "transcript"));
    }

    private JsonElement Audio() => JsonSerializer.SerializeToElement(
        new ChatAudio("audio", _audioId, _audioData!.ToString(), _audioTranscript!.ToString(), _audioExpiresAt), ChatJson.Default.ChatAudio);

    /// <summary>Null for what is empty too.</summary>
    internal static string? TextMember(JsonElement owner, string name)
        => owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private static string? ReadText(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString();
        }

        reader.Skip();
        return null;
    }

    private static JsonElement? ReadElement(ref Utf8JsonReader reader)
        => reader.TokenType == JsonTokenType.Null ? null : JsonElement.ParseValue(ref reader);

    private readonly record struct Delta
    {
        public string? Content { get; init; }

        public string? Reasoning { get; init; }

        public string? Refusal { get; init; }

        public JsonElement? ReasoningDetails { get; init; }

        public JsonElement? ToolCalls { get; init; }

        public JsonElement? FunctionCall { get; init; }

        public JsonElement? Annotations { get; init; }

        public JsonElement? Audio { get; init; }

        public JsonElement? Logprobs { get; init; }
    }
}
