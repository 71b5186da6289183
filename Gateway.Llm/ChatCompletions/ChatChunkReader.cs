using System.Text.Json;
using Gateway.Llm.Canonical;

namespace Gateway.Llm.ChatCompletions;

/// <summary>Reads the objects of an answer: the chunks of a stream, or the one of a whole answer. State of one answer.</summary>
internal sealed class ChatChunkReader
{
    private readonly ChatChoiceReader _choices = new();
    private bool _hasStarted;
    private LlmUsage? _usage;
    private string? _serviceTier;

    public bool HasChoice => _choices.HasChoice;

    public bool HasFinish => _choices.HasFinish;

    /// <summary>The provider has given up.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Throws <see cref="JsonException"/> for everything but one JSON object.</summary>
    public void Read(ReadOnlySpan<byte> json, List<StreamEvent> events)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("An answer must be a JSON object.");
        }

        string? id = null, model = null;
        var first = events.Count;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("choices"u8))
            {
                reader.Read();
                _choices.AnswerId ??= id;
                _choices.ReadChoices(ref reader, events);
            }
            else if (reader.ValueTextEquals("usage"u8))
            {
                reader.Read();
                ReadUsage(ref reader);
            }
            else if (!_hasStarted && reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                id = ReadName(ref reader);
            }
            else if (!_hasStarted && reader.ValueTextEquals("model"u8))
            {
                reader.Read();
                model = ReadName(ref reader);
            }
            else if (reader.ValueTextEquals("service_tier"u8))
            {
                reader.Read();
                _serviceTier = ServiceTiers.Read(ref reader) ?? _serviceTier;
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                Fail(ref reader, events, first);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        // Anything behind the object throws.
        reader.Read();

        // Azure's first chunk has neither id nor model, only what its filter says.
        if (!_hasStarted && !HasFailed && (id ?? model) is not null)
        {
            _hasStarted = true;
            events.Insert(first, new AnswerStarted(id, model));
        }
    }

    public void End(List<StreamEvent> events) => _choices.End(_usage is { } usage ? usage with { ServiceTier = _serviceTier } : null, events);

    private void ReadUsage(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            _usage = ChatUsage.Read(ref reader) ?? _usage;
        }
        else
        {
            reader.Skip();
        }
    }

    private void Fail(ref Utf8JsonReader reader, List<StreamEvent> events, int first)
    {
        using var error = JsonDocument.ParseValue(ref reader);
        if (error.RootElement.ValueKind is JsonValueKind.Null or JsonValueKind.False)
        {
            return;
        }

        HasFailed = true;
        events.RemoveRange(first, events.Count - first);
        events.Add(ChatErrors.Read(error.RootElement));
    }

    private static string? ReadName(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: > 0 } name)
        {
            return name;
        }

        reader.Skip();
        return null;
    }
}
