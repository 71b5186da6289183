using System.Text.Json;
using Gateway.Llm.Canonical;

namespace Gateway.Llm.ChatCompletions;

/// <summary>What the gateway must know of an answer of <c>/v1/embeddings</c> that it passes on.</summary>
public readonly record struct EmbeddingAnswer(LlmUsage? Usage, bool HasError)
{
    /// <summary>Throws <see cref="JsonException"/> for everything but one JSON object.</summary>
    public static EmbeddingAnswer Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("An answer must be a JSON object.");
        }

        var answer = default(EmbeddingAnswer);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isUsage = reader.ValueTextEquals("usage"u8);
            var isError = reader.ValueTextEquals("error"u8);
            reader.Read();
            if (isUsage && reader.TokenType == JsonTokenType.StartObject)
            {
                answer = answer with { Usage = ReadUsage(ref reader) };
            }
            else
            {
                answer = isError ? answer with { HasError = reader.TokenType is not (JsonTokenType.Null or JsonTokenType.False) } : answer;
                reader.Skip();
            }
        }

        // Anything behind the object throws.
        reader.Read();
        return answer;
    }

    /// <summary>Input alone; some repeat it as the total, some say nothing else.</summary>
    private static LlmUsage? ReadUsage(ref Utf8JsonReader reader)
    {
        long? input = null, total = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isInput = reader.ValueTextEquals("prompt_tokens"u8);
            var isTotal = reader.ValueTextEquals("total_tokens"u8);
            reader.Read();
            if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var count) && count >= 0)
            {
                (input, total) = (isInput ? count : input, isTotal ? count : total);
            }

            reader.Skip();
        }

        return (input ?? total) is { } tokens ? new LlmUsage { Input = tokens } : null;
    }
}
