using System.Buffers;
using System.Text.Json;
using Gateway.Contracts.Errors;
using Gateway.Llm.Json;

namespace RoutingService.Providers.Gemini;

/// <summary>
/// <c>/v1/embeddings</c> by Gemini: <c>batchEmbedContents</c> of AI Studio, which tells no usage, or <c>predict</c> of Vertex AI, which does.
/// </summary>
internal sealed class GeminiEmbeddings(ProviderCall call, bool isVertex)
{
    private bool _isBase64;

    public string Method => isVertex ? "predict" : "batchEmbedContents";

    public ReadOnlyMemory<byte> WriteRequest()
    {
        using var document = JsonDocument.Parse(call.Body, new JsonDocumentOptions { MaxDepth = JsonLimits.MaxDepth });
        var root = document.RootElement;
        var texts = ReadTexts(root);
        _isBase64 = root.TryGetProperty("encoding_format", out var encoding) && encoding.ValueKind == JsonValueKind.String && encoding.ValueEquals("base64");
        var dimensions = root.TryGetProperty("dimensions", out var wanted) && wanted.TryGetInt32(out var count) ? count : default(int?);
        if (root.TryGetProperty("user", out _))
        {
            call.Losses.Dropped("user");
        }

        var output = new ArrayBufferWriter<byte>(call.Body.Length + 256);
        using (var writer = new Utf8JsonWriter(output, JsonOutput.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteStartArray(isVertex ? "instances"u8 : "requests"u8);
            foreach (var text in texts)
            {
                writer.WriteStartObject();
                WriteText(writer, text, isVertex ? null : dimensions);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            if (isVertex && dimensions is { } size)
            {
                writer.WriteStartObject("parameters"u8);
                writer.WriteNumber("outputDimensionality"u8, size);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return output.WrittenMemory;
    }

    /// <summary>The answer as OpenAI writes it, and the tokens that went in where they are told.</summary>
    public (ReadOnlyMemory<byte> Body, long? Tokens) ReadAnswer(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        if (!document.RootElement.TryGetProperty(isVertex ? "predictions" : "embeddings", out var entries) || entries.ValueKind != JsonValueKind.Array)
        {
            throw new JsonException("The answer has no embeddings.");
        }

        var tokens = isVertex ? 0L : default(long?);
        var output = new ArrayBufferWriter<byte>(body.Length);
        using var writer = new Utf8JsonWriter(output, JsonOutput.WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("object"u8, "list"u8);
        writer.WriteStartArray("data"u8);
        var index = 0;
        foreach (var entry in entries.EnumerateArray())
        {
            var embedding = isVertex ? entry.GetProperty("embeddings") : entry;
            if (isVertex && embedding.TryGetProperty("statistics", out var statistics) && statistics.TryGetProperty("token_count", out var counted))
            {
                tokens += (long)counted.GetDouble();
            }

            writer.WriteStartObject();
            writer.WriteString("object"u8, "embedding"u8);
            writer.WriteNumber("index"u8, index++);
            WriteVector(writer, embedding.GetProperty("values"));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("model"u8, call.Request.Facts.Model);
        var prompt = tokens ?? UsageMapping.Estimate(call.Request.Facts, 0).Input;
        writer.WriteStartObject("usage"u8);
        writer.WriteNumber("prompt_tokens"u8, prompt);
        writer.WriteNumber("total_tokens"u8, prompt);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return (output.WrittenMemory, tokens);
    }

    private void WriteText(Utf8JsonWriter writer, string text, int? dimensions)
    {
        if (isVertex)
        {
            writer.WriteString("content"u8, text);
            return;
        }

        writer.WriteString("model"u8, $"models/{call.Target.Model}");
        writer.WriteStartObject("content"u8);
        writer.WriteStartArray("parts"u8);
        writer.WriteStartObject();
        writer.WriteString("text"u8, text);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
        if (dimensions is { } size)
        {
            writer.WriteNumber("outputDimensionality"u8, size);
        }
    }

    private void WriteVector(Utf8JsonWriter writer, JsonElement values)
    {
        if (!_isBase64)
        {
            writer.WritePropertyName("embedding"u8);
            values.WriteTo(writer);
            return;
        }

        var floats = values.EnumerateArray().Select(value => value.GetSingle()).ToArray();
        writer.WriteBase64String("embedding"u8, System.Runtime.InteropServices.MemoryMarshal.AsBytes(floats.AsSpan()));
    }

    private static List<string> ReadTexts(JsonElement root)
    {
        if (root.TryGetProperty("input", out var input))
        {
            if (input.ValueKind == JsonValueKind.String)
            {
                return [input.GetString()!];
            }

            if (input.ValueKind == JsonValueKind.Array && input.GetArrayLength() > 0 && input.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String))
            {
                return [.. input.EnumerateArray().Select(item => item.GetString()!)];
            }
        }

        throw new GatewayErrorException(GatewayError.BadRequest(
            "unsupported_parameter", "input is not supported by Gemini unless it is a text or a list of texts.", "input"));
    }
}
