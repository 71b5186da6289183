using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Gateway.Llm.Json;

namespace RoutingService.Automatic.KServe;

/// <summary>
/// Inference over the REST form of the Open Inference Protocol (KServe v2), which Triton speaks: one text in, some outputs out.
/// https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
/// </summary>
internal sealed class KServeClient(HttpClient http, string inputName)
{
    public const int MaxAnswerBytes = 256 * 1024;

    /// <param name="model">Its name on the server.</param>
    /// <param name="text">UTF-8.</param>
    public async Task<KServeAnswer> InferAsync(string model, ReadOnlyMemory<byte> text, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"v2/models/{Uri.EscapeDataString(model)}/infer");
        request.Content = new ReadOnlyMemoryContent(Write(text.Span)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var response = await http.SendAsync(request, cancellationToken);
        return response.StatusCode == HttpStatusCode.OK
            ? KServeAnswer.Read(await response.Content.ReadAsByteArrayAsync(cancellationToken))
            : throw new KServeException($"answered with status {(int)response.StatusCode}.");
    }

    private ReadOnlyMemory<byte> Write(ReadOnlySpan<byte> text)
    {
        var output = new ArrayBufferWriter<byte>(text.Length + 128);
        using var writer = new Utf8JsonWriter(output, JsonOutput.WriterOptions);
        writer.WriteStartObject();
        writer.WriteStartArray("inputs"u8);
        writer.WriteStartObject();
        writer.WriteString("name"u8, inputName);
        writer.WriteString("datatype"u8, "BYTES"u8);
        writer.WriteStartArray("shape"u8);
        writer.WriteNumberValue(1);
        writer.WriteNumberValue(1);
        writer.WriteEndArray();
        writer.WriteStartArray("data"u8);
        writer.WriteStartArray();
        writer.WriteStringValue(text);
        writer.WriteEndArray();
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenMemory;
    }
}
