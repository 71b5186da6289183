using System.Buffers;
using System.Text.Json;

namespace Gateway.Simulator.Protocols;

/// <summary>Reads the facts of a request in one pass, without a DOM. The names are those of all protocols.</summary>
internal static class RequestScanner
{
    public static RequestFacts Scan(in ReadOnlySequence<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 512 });
        try
        {
            return Scan(ref reader);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a model name with a lone surrogate or invalid UTF-8.
            return default;
        }
    }

    private static RequestFacts Scan(ref Utf8JsonReader reader)
    {
        string? model = null;
        var stream = false;
        var includeUsage = false;
        int? outputCap = null;
        long textBytes = 0;

        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            var depth = reader.CurrentDepth;
            if (reader.ValueTextEquals("content"u8) || reader.ValueTextEquals("text"u8)
                || (depth == 1 && IsTopLevelText(ref reader)))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String)
                {
                    textBytes += reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length;
                }
            }
            else if (depth == 1 && reader.ValueTextEquals("model"u8))
            {
                reader.Read();
                model = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            }
            else if (depth == 1 && reader.ValueTextEquals("stream"u8))
            {
                reader.Read();
                stream = reader.TokenType == JsonTokenType.True;
            }
            else if (depth == 2 && reader.ValueTextEquals("include_usage"u8))
            {
                reader.Read();
                includeUsage = reader.TokenType == JsonTokenType.True;
            }
            else if (depth <= 2 && IsOutputCap(ref reader))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var cap) && cap > 0)
                {
                    outputCap = cap;
                }
            }
        }

        return new RequestFacts(IsJson: true, model, stream, includeUsage, outputCap, textBytes);
    }

    private static bool IsTopLevelText(ref Utf8JsonReader reader)
        => reader.ValueTextEquals("system"u8) || reader.ValueTextEquals("input"u8) || reader.ValueTextEquals("instructions"u8);

    private static bool IsOutputCap(ref Utf8JsonReader reader)
        => reader.ValueTextEquals("max_tokens"u8) || reader.ValueTextEquals("max_completion_tokens"u8)
            || reader.ValueTextEquals("max_output_tokens"u8) || reader.ValueTextEquals("maxOutputTokens"u8)
            || reader.ValueTextEquals("maxTokens"u8);
}
