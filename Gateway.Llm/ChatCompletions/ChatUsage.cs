using System.Text.Json;
using Gateway.Llm.Canonical;

namespace Gateway.Llm.ChatCompletions;

/// <summary>Reads and writes the <c>usage</c> object, whose totals hold cached and reasoning tokens that our buckets keep apart.</summary>
public static class ChatUsage
{
    public static void Write(Utf8JsonWriter writer, in LlmUsage usage)
    {
        writer.WritePropertyName("usage"u8);
        WriteValue(writer, usage);
    }

    public static void WriteValue(Utf8JsonWriter writer, in LlmUsage usage)
    {
        var prompt = usage.TotalInput;
        var completion = usage.TotalOutput;
        writer.WriteStartObject();
        writer.WriteNumber("prompt_tokens"u8, prompt);
        writer.WriteNumber("completion_tokens"u8, completion);
        writer.WriteNumber("total_tokens"u8, prompt + completion);
        writer.WriteStartObject("prompt_tokens_details"u8);
        writer.WriteNumber("cached_tokens"u8, usage.CacheRead);
        writer.WriteNumber("audio_tokens"u8, usage.AudioInput);
        if (usage.CacheWrite + usage.CacheWrite1Hour is > 0 and var written)
        {
            writer.WriteNumber("cache_write_tokens"u8, written);
        }

        writer.WriteEndObject();
        writer.WriteStartObject("completion_tokens_details"u8);
        writer.WriteNumber("reasoning_tokens"u8, usage.Reasoning);
        writer.WriteNumber("audio_tokens"u8, usage.AudioOutput);
        writer.WriteNumber("accepted_prediction_tokens"u8, 0);
        writer.WriteNumber("rejected_prediction_tokens"u8, 0);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>Null when one of the two totals is missing or no count: such a report is worse than an estimate.</summary>
    internal static LlmUsage? Read(ref Utf8JsonReader reader)
    {
        long? prompt = null, completion = null;
        long cached = 0, written = 0, audioIn = 0, reasoning = 0, audioOut = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("prompt_tokens"u8))
            {
                prompt = ReadNumber(ref reader);
            }
            else if (reader.ValueTextEquals("completion_tokens"u8))
            {
                completion = ReadNumber(ref reader);
            }
            else if (reader.ValueTextEquals("prompt_tokens_details"u8))
            {
                ReadDetails(ref reader, "cached_tokens"u8, ref cached, "cache_write_tokens"u8, ref written, "audio_tokens"u8, ref audioIn);
            }
            else if (reader.ValueTextEquals("completion_tokens_details"u8))
            {
                long ignored = 0;
                ReadDetails(ref reader, "reasoning_tokens"u8, ref reasoning, default, ref ignored, "audio_tokens"u8, ref audioOut);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        if (prompt is not { } promptLeft || completion is not { } completionLeft)
        {
            return null;
        }

        return new LlmUsage
        {
            // A vendor's details can exceed its totals: what is billed is the total.
            CacheRead = Take(ref promptLeft, cached),
            CacheWrite = Take(ref promptLeft, written),
            AudioInput = Take(ref promptLeft, audioIn),
            Input = promptLeft,
            Reasoning = Take(ref completionLeft, reasoning),
            AudioOutput = Take(ref completionLeft, audioOut),
            Output = completionLeft,
        };
    }

    private static long Take(ref long left, long wanted)
    {
        var taken = Math.Min(left, wanted);
        left -= taken;
        return taken;
    }

    private static void ReadDetails(
        ref Utf8JsonReader reader,
        ReadOnlySpan<byte> first, ref long firstValue,
        ReadOnlySpan<byte> second, ref long secondValue,
        ReadOnlySpan<byte> third, ref long thirdValue)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(first))
            {
                firstValue = ReadNumber(ref reader) ?? 0;
            }
            else if (!second.IsEmpty && reader.ValueTextEquals(second))
            {
                secondValue = ReadNumber(ref reader) ?? 0;
            }
            else if (reader.ValueTextEquals(third))
            {
                thirdValue = ReadNumber(ref reader) ?? 0;
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }

    private static long? ReadNumber(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) && number >= 0)
        {
            return number;
        }

        reader.Skip();
        return null;
    }
}
