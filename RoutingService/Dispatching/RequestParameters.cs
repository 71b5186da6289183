using System.Diagnostics;
using System.Text.Json;
using ServiceDefaults.Telemetry;

namespace RoutingService.Dispatching;

/// <summary>
/// What a request asks for beside its content, for the span of an attempt. Read only where somebody looks at the span: nothing else needs these.
/// </summary>
internal static class RequestParameters
{
    private const int MaxStops = 8;
    private const int MaxStopLength = 64;

    public static void Tag(Activity activity, ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                TagField(activity, ref reader);
            }
        }
        catch (JsonException)
        {
            // The call itself says what is wrong with its body.
        }
    }

    private static void TagField(Activity activity, ref Utf8JsonReader reader)
    {
        var name = NameOf(reader);
        reader.Read();
        switch (name)
        {
            case GenAiAttributes.RequestStopSequences:
                activity.SetTag(name, ReadStops(ref reader));
                break;
            case GenAiAttributes.RequestChoiceCount when reader.TokenType == JsonTokenType.Number && reader.ValueSpan.SequenceEqual("1"u8):
                break;
            case GenAiAttributes.RequestSeed or GenAiAttributes.RequestChoiceCount when reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var whole):
                activity.SetTag(name, whole);
                break;
            case not null when reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number):
                activity.SetTag(name, number);
                break;
            default:
                reader.Skip();
                break;
        }
    }

    private static string? NameOf(in Utf8JsonReader reader)
        => reader.ValueTextEquals("temperature"u8) ? GenAiAttributes.RequestTemperature
            : reader.ValueTextEquals("top_p"u8) ? GenAiAttributes.RequestTopP
            : reader.ValueTextEquals("top_k"u8) ? GenAiAttributes.RequestTopK
            : reader.ValueTextEquals("frequency_penalty"u8) ? GenAiAttributes.RequestFrequencyPenalty
            : reader.ValueTextEquals("presence_penalty"u8) ? GenAiAttributes.RequestPresencePenalty
            : reader.ValueTextEquals("seed"u8) ? GenAiAttributes.RequestSeed
            : reader.ValueTextEquals("n"u8) ? GenAiAttributes.RequestChoiceCount
            : reader.ValueTextEquals("stop"u8) || reader.ValueTextEquals("stop_sequences"u8) ? GenAiAttributes.RequestStopSequences
            : null;

    private static string[] ReadStops(ref Utf8JsonReader reader)
    {
        var stops = new List<string>();
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                Add(ref reader);
            }
        }
        else
        {
            Add(ref reader);
        }

        return [.. stops];

        void Add(ref Utf8JsonReader value)
        {
            if (value.TokenType == JsonTokenType.String && stops.Count < MaxStops && value.GetString() is { Length: <= MaxStopLength } stop)
            {
                stops.Add(stop);
            }
            else
            {
                value.Skip();
            }
        }
    }
}
