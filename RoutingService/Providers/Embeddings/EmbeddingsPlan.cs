using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Gateway.Contracts.Usage;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;
using RoutingService.Providers.Exchanges;

namespace RoutingService.Providers.Embeddings;

/// <summary>Writes a provider's vectors as OpenAI writes them.</summary>
/// <param name="read">Finds the vectors, and the tokens that went in where they are told.</param>
/// <param name="tokensHeader">Where the tokens are told if the body does not.</param>
internal sealed class EmbeddingsPlan(EmbeddingsRequest request, Func<JsonElement, EmbeddingsFound> read, string? tokensHeader = null) : AnswerPlan
{
    private long? _tokens;

    public override UpstreamStream CreateStream(ProviderCall call, UpstreamStreamSource source)
        => throw new InvalidOperationException("Embeddings are no stream.");

    public override void ReadHeaders(HttpResponseHeaders headers)
    {
        if (tokensHeader is not null && headers.TryGetValues(tokensHeader, out var values)
            && long.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var tokens))
        {
            _tokens = tokens;
        }
    }

    public override ProviderAnswer ReadBody(ProviderCall call, BoundedBody body, int status)
    {
        try
        {
            using var document = JsonDocument.Parse(body.Memory);
            var found = read(document.RootElement);
            var tokens = found.Tokens ?? _tokens;
            var usage = tokens is { } counted
                ? (UsageMapping.ToTokenUsage(new LlmUsage { Input = counted }), UsageSource.Provider)
                : (UsageMapping.ToTokenUsage(UsageMapping.Estimate(call.Request.Facts, 0)), UsageSource.Estimated);
            return new WholeAnswer(Write(call, found.Vectors, usage.Item1.Input), status, usage, call.Losses);
        }
        catch (Exception exception) when (exception is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new JsonException("The answer has no embeddings.", exception);
        }
        finally
        {
            body.Release();
        }
    }

    private ReadOnlyMemory<byte> Write(ProviderCall call, IEnumerable<JsonElement> vectors, long tokens)
    {
        var output = new ArrayBufferWriter<byte>(16 * 1024);
        using var writer = new Utf8JsonWriter(output, JsonOutput.WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("object"u8, "list"u8);
        writer.WriteStartArray("data"u8);
        var index = 0;
        foreach (var vector in vectors)
        {
            writer.WriteStartObject();
            writer.WriteString("object"u8, "embedding"u8);
            writer.WriteNumber("index"u8, index++);
            WriteVector(writer, vector);
            writer.WriteEndObject();
        }

        if (index != request.Texts.Count)
        {
            throw new JsonException("The answer has not as many embeddings as there were texts.");
        }

        writer.WriteEndArray();
        writer.WriteString("model"u8, call.Request.Facts.Model);
        writer.WriteStartObject("usage"u8);
        writer.WriteNumber("prompt_tokens"u8, tokens);
        writer.WriteNumber("total_tokens"u8, tokens);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenMemory;
    }

    private void WriteVector(Utf8JsonWriter writer, JsonElement values)
    {
        if (!request.IsBase64)
        {
            writer.WritePropertyName("embedding"u8);
            values.WriteTo(writer);
            return;
        }

        var floats = values.EnumerateArray().Select(value => value.GetSingle()).ToArray();
        writer.WriteBase64String("embedding"u8, MemoryMarshal.AsBytes(floats.AsSpan()));
    }
}

internal readonly record struct EmbeddingsFound(IEnumerable<JsonElement> Vectors, long? Tokens);
