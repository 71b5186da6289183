using System.Text.Json;
using Gateway.Llm.Json;

namespace Gateway.Llm.ChatCompletions;

/// <summary>What admission needs of a Chat Completions request.</summary>
public static class ChatRequestScanner
{
    public static RequestScan Scan(ReadOnlySpan<byte> body)
    {
        var scan = RequestScanner.Scan(body, ReadField);
        if (scan is { Stream: false, HasStreamOptions: true })
        {
            throw new InvalidRequestException("invalid_value", "'stream_options' is for streams only: set 'stream' to true.", "stream_options");
        }

        return scan.HasInput ? scan : throw new InvalidRequestException("missing_required_parameter", "'messages' is required.", "messages");
    }

    internal static bool ReadField(ref Utf8JsonReader reader, ref RequestScan scan)
    {
        if (reader.ValueTextEquals("stream_options"u8))
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
            scan = scan with { MaxOutputTokens = RequestScanner.ReadCount(ref reader, "max_completion_tokens") ?? scan.MaxOutputTokens };
        }
        else if (reader.ValueTextEquals("max_tokens"u8))
        {
            // The older name: where both are sent, the newer one counts.
            reader.Read();
            var cap = RequestScanner.ReadCount(ref reader, "max_tokens");
            scan = scan with { MaxOutputTokens = scan.MaxOutputTokens ?? cap };
        }
        else if (reader.ValueTextEquals("n"u8))
        {
            reader.Read();
            scan = scan with { Choices = (int)(RequestScanner.ReadCount(ref reader, "n") ?? 1) };
        }
        else if (reader.ValueTextEquals("user"u8))
        {
            reader.Read();
            scan = scan with { EndUser = RequestScanner.ReadStringOrNull(ref reader, "user") };
        }
        else if (reader.ValueTextEquals("service_tier"u8))
        {
            reader.Read();
            scan = scan with { ServiceTier = RequestScanner.ReadServiceTier(ref reader) };
        }
        else if (reader.ValueTextEquals("messages"u8))
        {
            return RequestScanner.BeginMessages(ref reader, ref scan);
        }
        else
        {
            return false;
        }

        return true;
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
            RequestScanner.CheckString(ref reader);
            names.Add(ref reader);
            var isIncludeUsage = reader.ValueTextEquals("include_usage"u8);
            reader.Read();
            if (isIncludeUsage)
            {
                var value = RequestScanner.ReadBoolean(ref reader, "stream_options.include_usage");
                includeUsage = (value, ((int)reader.TokenStartIndex, reader.ValueSpan.Length));
            }
            else
            {
                RequestScanner.SkipValue(ref reader);
            }
        }

        return includeUsage;
    }
}
