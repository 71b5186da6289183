using System.Text.Json;
using System.Text.Unicode;

namespace Gateway.Llm.Json;

/// <summary>
/// One pass over a request: is it JSON that every reader understands in the same way, and what does admission need of it? No DOM is
/// built. Names are case-sensitive and a repeated name is refused, so that the gateway and the provider cannot read two
/// different models out of one body.
/// </summary>
internal static class RequestScanner
{
    /// <summary>Reads the value of a field that its format knows, from the field's name on; false leaves the value to the scanner, which counts its text.</summary>
    public delegate bool FieldReader(ref Utf8JsonReader reader, ref RequestScan scan);

    public static RequestScan Scan(ReadOnlySpan<byte> body, FieldReader readField)
    {
        if (!Utf8.IsValid(body))
        {
            throw new InvalidRequestException("invalid_utf8", "The body is not UTF-8.");
        }

        try
        {
            return ScanObject(body, readField);
        }
        catch (JsonException exception)
        {
            throw Invalid($"The body is not valid JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine}).");
        }
    }

    /// <summary>Passes over a value and returns the bytes of its strings.</summary>
    public static long SkipValue(ref Utf8JsonReader reader)
    {
        var depth = reader.CurrentDepth;
        long textBytes = 0;
        while (true)
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
            {
                CheckString(ref reader);
                textBytes += reader.ValueSpan.Length;
            }

            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.CurrentDepth >= JsonLimits.MaxDepth)
            {
                throw new InvalidRequestException("json_too_deep", $"The body nests deeper than {JsonLimits.MaxDepth} levels.");
            }

            if (reader.CurrentDepth == depth && reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.PropertyName))
            {
                return textBytes;
            }

            reader.Read();
        }
    }

    public static string ReadString(ref Utf8JsonReader reader, string param)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw new InvalidRequestException("invalid_type", $"'{param}' must be a string.", param);
        }

        CheckString(ref reader);
        return reader.GetString()!;
    }

    public static string? ReadStringOrNull(ref Utf8JsonReader reader, string param)
        => reader.TokenType == JsonTokenType.Null ? null : ReadString(ref reader, param);

    /// <summary>What is no word at all is for the provider to refuse.</summary>
    public static string? ReadServiceTier(ref Utf8JsonReader reader)
    {
        var isText = reader.TokenType == JsonTokenType.String;
        SkipValue(ref reader);
        return isText && Canonical.ServiceTiers.Of(reader.GetString()) is { } tier && tier != Canonical.ServiceTiers.Standard ? tier : null;
    }

    public static bool ReadBoolean(ref Utf8JsonReader reader, string param) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False or JsonTokenType.Null => false,
        _ => throw new InvalidRequestException("invalid_type", $"'{param}' must be true or false.", param),
    };

    public static long? ReadCount(ref Utf8JsonReader reader, string param) => reader.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.Number when reader.TryGetInt32(out var count) && count > 0 => count,
        _ => throw new InvalidRequestException("invalid_value", $"'{param}' must be a whole number from 1 to {int.MaxValue}.", param),
    };

    /// <summary>Comes to the array of <c>messages</c>, and leaves it to the scanner.</summary>
    public static bool BeginMessages(ref Utf8JsonReader reader, ref RequestScan scan)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new InvalidRequestException("invalid_type", "'messages' must be an array.", "messages");
        }

        scan = scan with { HasInput = true };
        return false;
    }

    public static void CheckString(ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped && JsonStrings.HasLoneSurrogate(reader.ValueSpan))
        {
            throw Invalid("A string holds half of a surrogate pair.");
        }
    }

    private static RequestScan ScanObject(ReadOnlySpan<byte> body, FieldReader readField)
    {
        var reader = new Utf8JsonReader(body, JsonLimits.ReaderOptions);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Invalid("The body must be a JSON object.");
        }

        var scan = new RequestScan { Model = "", Choices = 1 };
        var names = new PropertyNames();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            CheckString(ref reader);
            names.Add(ref reader);
            if (reader.ValueTextEquals("model"u8))
            {
                reader.Read();
                scan = reader.TokenType == JsonTokenType.Null
                    ? scan with { ModelValue = ((int)reader.TokenStartIndex, reader.ValueSpan.Length) }
                    : scan with { Model = ReadString(ref reader, "model"), ModelValue = ((int)reader.TokenStartIndex, reader.ValueSpan.Length + 2) };
            }
            else if (reader.ValueTextEquals("stream"u8))
            {
                reader.Read();
                scan = scan with { Stream = ReadBoolean(ref reader, "stream") };
            }
            else if (!readField(ref reader, ref scan))
            {
                if (reader.TokenType == JsonTokenType.PropertyName)
                {
                    reader.Read();
                }

                scan = scan with { TextBytes = scan.TextBytes + SkipValue(ref reader) };
            }
        }

        // Anything behind the object throws.
        reader.Read();
        return scan;
    }

    private static InvalidRequestException Invalid(string message) => new("invalid_json", message);
}
