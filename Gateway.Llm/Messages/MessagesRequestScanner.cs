using System.Text.Json;
using Gateway.Llm.Json;

namespace Gateway.Llm.Messages;

/// <summary>What admission needs of a Messages request.</summary>
public static class MessagesRequestScanner
{
    public static RequestScan Scan(ReadOnlySpan<byte> body)
    {
        var scan = ScanCount(body);
        return scan.MaxOutputTokens is not null
            ? scan
            : throw new InvalidRequestException("missing_required_parameter", "'max_tokens' is required.", "max_tokens");
    }

    /// <summary>A request whose tokens are to be counted needs no <c>max_tokens</c>.</summary>
    public static RequestScan ScanCount(ReadOnlySpan<byte> body)
    {
        var scan = RequestScanner.Scan(body, ReadField);
        return scan.HasInput ? scan : throw new InvalidRequestException("missing_required_parameter", "'messages' is required.", "messages");
    }

    private static bool ReadField(ref Utf8JsonReader reader, ref RequestScan scan)
    {
        if (reader.ValueTextEquals("max_tokens"u8))
        {
            reader.Read();
            scan = scan with { MaxOutputTokens = RequestScanner.ReadCount(ref reader, "max_tokens") };
        }
        else if (reader.ValueTextEquals("metadata"u8))
        {
            reader.Read();
            scan = scan with { EndUser = ReadUserId(ref reader) };
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

    private static string? ReadUserId(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new InvalidRequestException("invalid_type", "'metadata' must be an object.", "metadata");
        }

        string? userId = null;
        var names = new PropertyNames();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            RequestScanner.CheckString(ref reader);
            names.Add(ref reader);
            var isUserId = reader.ValueTextEquals("user_id"u8);
            reader.Read();
            if (isUserId)
            {
                userId = RequestScanner.ReadStringOrNull(ref reader, "metadata.user_id");
            }
            else
            {
                RequestScanner.SkipValue(ref reader);
            }
        }

        return userId;
    }
}
