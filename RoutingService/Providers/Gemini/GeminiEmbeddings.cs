using System.Buffers;
using System.Text.Json;
using Gateway.Llm.Json;
using RoutingService.Providers.Embeddings;

namespace RoutingService.Providers.Gemini;

/// <summary>
/// <c>/v1/embeddings</c> by Gemini: <c>batchEmbedContents</c> of AI Studio, which tells no usage, or <c>predict</c> of Vertex AI, which does.
/// </summary>
internal sealed class GeminiEmbeddings(EmbeddingsRequest request, string model, bool isVertex)
{
    public string Method => isVertex ? "predict" : "batchEmbedContents";

    public ReadOnlyMemory<byte> Write()
    {
        var output = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(output, JsonOutput.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteStartArray(isVertex ? "instances"u8 : "requests"u8);
            foreach (var text in request.Texts)
            {
                writer.WriteStartObject();
                WriteText(writer, text);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            if (isVertex && request.Dimensions is { } size)
            {
                writer.WriteStartObject("parameters"u8);
                writer.WriteNumber("outputDimensionality"u8, size);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return output.WrittenMemory;
    }

    public EmbeddingsFound Read(JsonElement root) => isVertex
        ? new(
            root.GetProperty("predictions").EnumerateArray().Select(entry => entry.GetProperty("embeddings").GetProperty("values")),
            root.GetProperty("predictions").EnumerateArray().Sum(TokensOf))
        : new(root.GetProperty("embeddings").EnumerateArray().Select(entry => entry.GetProperty("values")), Tokens: null);

    private static long TokensOf(JsonElement prediction)
        => prediction.GetProperty("embeddings").TryGetProperty("statistics", out var statistics) && statistics.TryGetProperty("token_count", out var count)
            ? (long)count.GetDouble() : 0;

    private void WriteText(Utf8JsonWriter writer, string text)
    {
        if (isVertex)
        {
            writer.WriteString("content"u8, text);
            return;
        }

        writer.WriteString("model"u8, $"models/{model}");
        writer.WriteStartObject("content"u8);
        writer.WriteStartArray("parts"u8);
        writer.WriteStartObject();
        writer.WriteString("text"u8, text);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
        if (request.Dimensions is { } size)
        {
            writer.WriteNumber("outputDimensionality"u8, size);
        }
    }
}
