using System.Text.Json;
using Gateway.Llm.Json;

namespace Gateway.Llm.ChatCompletions;

/// <summary>What admission needs of a request for embeddings.</summary>
public static class EmbeddingRequestScanner
{
    public static RequestScan Scan(ReadOnlySpan<byte> body)
    {
        var scan = RequestScanner.Scan(body, ReadField);
        return scan switch
        {
            { Stream: true } => throw new InvalidRequestException("invalid_value", "Embeddings are no stream.", "stream"),
            { HasInput: false } => throw new InvalidRequestException("missing_required_parameter", "'input' is required.", "input"),
            _ => scan,
        };
    }

    private static bool ReadField(ref Utf8JsonReader reader, ref RequestScan scan)
    {
        if (reader.ValueTextEquals("user"u8))
        {
            reader.Read();
            scan = scan with { EndUser = RequestScanner.ReadStringOrNull(ref reader, "user") };
            return true;
        }

        if (!reader.ValueTextEquals("input"u8))
        {
            return false;
        }

        reader.Read();
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.StartArray))
        {
            throw new InvalidRequestException("invalid_type", "'input' must be a string or an array.", "input");
        }

        // Tokens may be given in place of text: each is a number, and about four bytes.
        var start = reader.TokenStartIndex;
        var text = RequestScanner.SkipValue(ref reader);
        scan = scan with { HasInput = true, TextBytes = scan.TextBytes + (text > 0 ? text : reader.BytesConsumed - start) };
        return true;
    }
}
