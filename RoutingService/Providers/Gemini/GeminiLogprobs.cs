using System.Buffers;
using System.Text;
using System.Text.Json;
using Gateway.Llm.Json;

namespace RoutingService.Providers.Gemini;

/// <summary>Log probabilities as OpenAI writes them: each token with its alternatives.</summary>
internal static class GeminiLogprobs
{
    /// <summary>The array of tokens; null where there is none.</summary>
    public static JsonElement? Read(JsonElement result)
    {
        if (result.ValueKind != JsonValueKind.Object
            || !result.TryGetProperty("chosenCandidates", out var chosen) || chosen.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var hasTop = result.TryGetProperty("topCandidates", out var top) && top.ValueKind == JsonValueKind.Array;
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, JsonOutput.WriterOptions))
        {
            writer.WriteStartArray();
            for (var index = 0; index < chosen.GetArrayLength(); index++)
            {
                writer.WriteStartObject();
                WriteToken(writer, chosen[index]);
                writer.WriteStartArray("top_logprobs"u8);
                if (hasTop && index < top.GetArrayLength() && top[index].TryGetProperty("candidates", out var alternatives))
                {
                    foreach (var alternative in alternatives.EnumerateArray())
                    {
                        writer.WriteStartObject();
                        WriteToken(writer, alternative);
                        writer.WriteEndObject();
                    }
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        return JsonElement.Parse(output.WrittenSpan);
    }

    private static void WriteToken(Utf8JsonWriter writer, JsonElement candidate)
    {
        var token = candidate.TryGetProperty("token", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
        writer.WriteString("token"u8, token);
        writer.WritePropertyName("logprob"u8);
        if (candidate.TryGetProperty("logProbability", out var probability) && probability.ValueKind == JsonValueKind.Number)
        {
            probability.WriteTo(writer);
        }
        else
        {
            // Certain, so left out.
            writer.WriteNumberValue(0);
        }

        writer.WriteStartArray("bytes"u8);
        foreach (var value in Encoding.UTF8.GetBytes(token))
        {
            writer.WriteNumberValue(value);
        }

        writer.WriteEndArray();
    }
}
