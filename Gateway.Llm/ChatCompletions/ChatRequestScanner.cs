using System.Text.Json;
using System.Text.Unicode;
using Gateway.Llm.Json;

namespace Gateway.Llm.ChatCompletions;

/// <summary>
/// One pass over a request: is it JSON that every reader understands in the same way, and what does admission need of it? No DOM is
/// built. Names are case-sensitive and a repeated name is refused, so that the gateway and the provider cannot read two
/// different models out of one body.
/// </summary>
public static class ChatRequestScanner
{
    public static ChatRequestScan Scan(ReadOnlySpan<byte> body)
    {
        if (!Utf8.IsValid(body))
        {
            throw new InvalidRequestException("invalid_utf8", "The body is not UTF-8.");
        }

        try
        {
            return ScanObject(body);
        }
        catch (JsonException exception)
        {
            throw Invalid($"The body is not valid JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine}).");
        }
    }

    private static ChatRequestScan ScanObject(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, JsonLimits.ReaderOptions);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Invalid("The body must be a JSON object.");
        }

        var scan = new ChatRequestScan { Model = "", Choices = 1 };
        long? maxTokens = null;
        var hasMessages = false;
        var names = new PropertyNames();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            CheckString(ref reader);
            names.Add(ref reader);
            if (reader.ValueTextEquals("model"u8))
            {
                reader.Read();
                var model = ReadString(ref reader, "model");
                scan = scan with { Model = model, ModelValue = ((int)reader.TokenStartIndex, reader.ValueSpan.Length + 2) };
            }
            else if (reader.ValueTextEquals("stream"u8))
            {
                reader.Read();
                scan = scan with { Stream = ReadBoolean(ref reader, "stream") };
            }
            else if (reader.ValueTextEquals("stream_options"u8))
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                var (includeUsage, includeUsageValue) = ReadIncludeUsage(ref reader);
                scan = scan with
                {
                    HasStreamOptions = reader.TokenType != JsonTokenType.Null,
                    IncludeUsage = includeUsage,
                    IncludeUsageValue = includeUsageValue,
                    StreamOptionsValue = (start, (int)reader.BytesConsumed - start),
                };
            }
            else if (reader.ValueTextEquals("max_completion_tokens"u8))
            {
                reader.Read();
                scan = scan with { MaxOutputTokens = ReadCount(ref reader, "max_completion_tokens") };
            }
            else if (reader.ValueTextEquals("max_tokens"u8))
            {
                reader.Read();
                maxTokens = ReadCount(ref reader, "max_tokens");
            }
            else if (reader.ValueTextEquals("n"u8))
            {
                reader.Read();
                scan = scan with { Choices = (int)(ReadCount(ref reader, "n") ?? 1) };
            }
            else if (reader.ValueTextEquals("user"u8))
            {
                reader.Read();
                scan = scan with { EndUser = reader.TokenType == JsonTokenType.Null ? null : ReadString(ref reader, "user") };
            }
            else
            {
                if (reader.ValueTextEquals("messages"u8))
                {
                    hasMessages = true;
                    reader.Read();
                    if (reader.TokenType != JsonTokenType.StartArray)
                    {
                        throw new InvalidRequestException("invalid_type", "'messages' must be an array.", "messages");
                    }
                }
                else
                {
                    reader.Read();
                }

                scan = scan with { TextBytes = scan.TextBytes + SkipValue(ref reader) };
            }
        }

        reader.Read();
        if (scan is { Stream: false, HasStreamOptions: true })
        {
            throw new InvalidRequestException("invalid_value", "'stream_options' is for streams only: set 'stream' to true.", "stream_options");
        }

        if (!hasMessages)
        {
            throw new InvalidRequestException("missing_required_parameter", "'messages' is required.", "messages");
        }

        return scan with { MaxOutputTokens = scan.MaxOutputTokens ?? maxTokens };
    }

    /// <summary>Passes over a value and returns the bytes of its strings.</summary>
    private static long SkipValue(ref Utf8JsonReader reader)
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

    private static (bool IncludeUsage, (int Start, int Length) Value) ReadIncludeUsage(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return default;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new InvalidRequestException("invalid_type", "'stream_options' must be an object.", "stream_options");
        }

        var includeUsage = (IncludeUsage: false, Value: (Start: 0, Length: 0));
        var names = new PropertyNames();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            CheckString(ref reader);
            names.Add(ref reader);
            var isIncludeUsage = reader.ValueTextEquals("include_usage"u8);
            reader.Read();
            if (isIncludeUsage)
            {
                var value = ReadBoolean(ref reader, "stream_options.include_usage");
                includeUsage = (value, ((int)reader.TokenStartIndex, reader.ValueSpan.Length));
            }
            else
            {
                SkipValue(ref reader);
            }
        }

        return includeUsage;
    }

    private static string ReadString(ref Utf8JsonReader reader, string param)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw new InvalidRequestException("invalid_type", $"'{param}' must be a string.", param);
        }

        CheckString(ref reader);
        return reader.GetString()!;
    }

    private static bool ReadBoolean(ref Utf8JsonReader reader, string param) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False or JsonTokenType.Null => false,
        _ => throw new InvalidRequestException("invalid_type", $"'{param}' must be true or false.", param),
    };

    private static long? ReadCount(ref Utf8JsonReader reader, string param) => reader.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.Number when reader.TryGetInt32(out var count) && count > 0 => count,
        _ => throw new InvalidRequestException("invalid_value", $"'{param}' must be a whole number from 1 to {int.MaxValue}.", param),
    };

    private static void CheckString(ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped && JsonStrings.HasLoneSurrogate(reader.ValueSpan))
        {
            throw Invalid("A string holds half of a surrogate pair.");
        }
    }

    private static InvalidRequestException Invalid(string message) => new("invalid_json", message);
}
