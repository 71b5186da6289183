using System.Text.Json;
using Gateway.Llm.Json;
using Gateway.Llm.Canonical;

namespace Gateway.Llm.ChatCompletions;

/// <summary>What the gateway must know of a chunk, or of a whole answer, that it passes on.</summary>
public readonly record struct ChatChunkScan
{
    public bool HasChoices { get; init; }

    /// <summary>How many choices say why they ended.</summary>
    public int FinishedChoices { get; init; }

    /// <summary>Bytes of text, reasoning and arguments in the choices: the base of an estimate where no usage is reported.</summary>
    public long TextBytes { get; init; }

    /// <summary>The event is a failure, whatever else is in it.</summary>
    public bool HasError { get; init; }

    public LlmUsage? Usage { get; init; }

    /// <summary>What the call is served as; null where it does not say.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>Throws <see cref="JsonException"/> for everything but one JSON object.</summary>
    public static ChatChunkScan Read(ReadOnlySpan<byte> json)
    {
        var reader = JsonObjectReader.Open(json, "A chunk");
        var scan = default(ChatChunkScan);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("choices"u8))
            {
                reader.Read();
                scan = ReadChoices(ref reader, scan);
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                scan = scan with { HasError = reader.TokenType is not (JsonTokenType.Null or JsonTokenType.False) };
                reader.Skip();
            }
            else if (reader.ValueTextEquals("usage"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    scan = scan with { Usage = ChatUsage.Read(ref reader) };
                }
                else
                {
                    reader.Skip();
                }
            }
            else if (reader.ValueTextEquals("service_tier"u8))
            {
                reader.Read();
                scan = scan with { ServiceTier = ServiceTiers.Read(ref reader) };
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        // Anything behind the object throws.
        reader.Read();
        return scan;
    }

    private static ChatChunkScan ReadChoices(ref Utf8JsonReader reader, ChatChunkScan scan)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return scan;
        }

        var depth = reader.CurrentDepth;
        while (reader.Read() && !(reader.TokenType == JsonTokenType.EndArray && reader.CurrentDepth == depth))
        {
            scan = scan with { HasChoices = true };
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            // [ { "finish_reason": ... } ]: the names of a choice are two levels below the array.
            var isFinish = reader.CurrentDepth == depth + 2 && reader.ValueTextEquals("finish_reason"u8);
            var isText = !isFinish && IsText(ref reader);
            if (!isFinish && !isText)
            {
                continue;
            }

            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
            {
                scan = isFinish
                    ? scan with { FinishedChoices = scan.FinishedChoices + 1 }
                    : scan with { TextBytes = scan.TextBytes + reader.ValueSpan.Length };
            }
        }

        return scan;
    }

    private static bool IsText(ref Utf8JsonReader reader)
        => reader.ValueTextEquals("content"u8)
            || reader.ValueTextEquals("arguments"u8)
            || reader.ValueTextEquals("text"u8)
            || reader.ValueTextEquals("refusal"u8)
            || reader.ValueTextEquals("reasoning"u8)
            || reader.ValueTextEquals("reasoning_content"u8);
}
