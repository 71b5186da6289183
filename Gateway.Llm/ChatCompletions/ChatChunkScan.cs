using System.Text.Json;
using Gateway.Llm.Canonical;

namespace Gateway.Llm.ChatCompletions;

/// <summary>What the gateway must know of a chunk that it passes on.</summary>
public readonly record struct ChatChunkScan
{
    public bool HasChoices { get; init; }

    /// <summary>The event is a failure, whatever else is in it.</summary>
    public bool HasError { get; init; }

    public LlmUsage? Usage { get; init; }

    public static ChatChunkScan Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return default;
        }

        var scan = default(ChatChunkScan);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("choices"u8))
            {
                reader.Read();
                var start = reader.BytesConsumed;
                reader.Skip();
                // An empty array ends right behind its start, but for white space.
                scan = scan with { HasChoices = !json[(int)start..(int)(reader.BytesConsumed - 1)].Trim(" \t\r\n"u8).IsEmpty };
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
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return scan;
    }
}
