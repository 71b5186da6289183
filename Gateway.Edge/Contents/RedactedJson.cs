using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Gateway.Edge.Contents;

/// <summary>JSON with each of its texts redacted. It may end in the middle: what is there is closed as far as it came.</summary>
internal static class RedactedJson
{
    private const int ShortestCardNumber = 13;

    private static readonly JsonReaderOptions Lenient = new() { MaxDepth = 256 };

    public static string Write(ReadOnlySpan<byte> json, bool isCut, Redactor redactor)
    {
        var output = new ArrayBufferWriter<byte>(json.Length + 64);
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            var reader = new Utf8JsonReader(json, isFinalBlock: !isCut, new JsonReaderState(Lenient));
            var open = new Stack<bool>();
            var awaitsValue = false;
            try
            {
                while (reader.Read())
                {
                    awaitsValue = reader.TokenType == JsonTokenType.PropertyName;
                    Copy(ref reader, writer, open, redactor);
                }
            }
            catch (JsonException)
            {
                // An answer that is no JSON any further: what came before it is kept.
            }

            if (awaitsValue || open.TryPeek(out var isObject) && !isObject)
            {
                writer.WriteStringValue(redactor.Redact(TakeHalfText(json[(int)reader.BytesConsumed..])) + "…");
            }

            while (open.TryPop(out isObject))
            {
                if (isObject)
                {
                    writer.WriteEndObject();
                }
                else
                {
                    writer.WriteEndArray();
                }
            }

            if (writer.BytesCommitted + writer.BytesPending == 0)
            {
                writer.WriteNullValue();
            }
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static void Copy(ref Utf8JsonReader reader, Utf8JsonWriter writer, Stack<bool> open, Redactor redactor)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                open.Push(true);
                writer.WriteStartObject();
                break;
            case JsonTokenType.StartArray:
                open.Push(false);
                writer.WriteStartArray();
                break;
            case JsonTokenType.EndObject:
                open.Pop();
                writer.WriteEndObject();
                break;
            case JsonTokenType.EndArray:
                open.Pop();
                writer.WriteEndArray();
                break;
            case JsonTokenType.PropertyName:
                writer.WritePropertyName(redactor.Redact(reader.GetString()!));
                break;
            case JsonTokenType.String:
                writer.WriteStringValue(redactor.Redact(reader.GetString()!));
                break;
            case JsonTokenType.Number:
                WriteNumber(ref reader, writer, redactor);
                break;
            case JsonTokenType.True or JsonTokenType.False:
                writer.WriteBooleanValue(reader.TokenType == JsonTokenType.True);
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }

    /// <summary>A card number may be a number.</summary>
    private static void WriteNumber(ref Utf8JsonReader reader, Utf8JsonWriter writer, Redactor redactor)
    {
        var text = Encoding.ASCII.GetString(reader.ValueSpan);
        if (text.Length < ShortestCardNumber || redactor.Redact(text) is var redacted && redacted == text)
        {
            writer.WriteRawValue(text, skipInputValidation: true);
        }
        else
        {
            writer.WriteStringValue(redacted);
        }
    }

    /// <summary>The beginning of a text whose end was not kept, to its last space: half of an address would not look like one.</summary>
    private static string TakeHalfText(ReadOnlySpan<byte> rest)
    {
        var start = rest.IndexOf((byte)'"');
        if (start < 0)
        {
            return "";
        }

        var text = rest[start..];
        for (var dropped = 0; dropped < Math.Min(16, text.Length - 1); dropped++)
        {
            try
            {
                using var document = JsonDocument.Parse((byte[])[.. text[..^dropped], (byte)'"']);
                var half = document.RootElement.GetString()!;
                return half.LastIndexOfAny([' ', '\n', '\t']) is > 0 and var space ? half[..space] : "";
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException)
            {
                // In the middle of an escape or of a character.
            }
        }

        return "";
    }
}
