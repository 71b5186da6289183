using System.Buffers;
using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;
using RoutingService.Providers.Embeddings;

namespace RoutingService.Providers.Bedrock;

/// <summary>
/// <c>/v1/embeddings</c> by <c>InvokeModel</c>, whose bodies are each vendor's own: Amazon's Titan, one text in a call, and Cohere's Embed, many.
/// </summary>
internal sealed class BedrockEmbeddings
{
    /// <summary>Cohere's bodies do not tell; Bedrock does, where it counts.</summary>
    public const string TokensHeader = "x-amzn-bedrock-input-token-count";

    /// <summary>Cohere wants to know. A text that is kept is the more frequent, and without a word of the client's the only guess.</summary>
    private const string DefaultInputType = "search_document";

    private readonly EmbeddingsRequest _request;
    private readonly bool _isCohere;

    public BedrockEmbeddings(ProviderCall call)
    {
        var context = new RequestContext(call.Target.Provider.Name, call.Target.Model, call.Losses);
        var model = call.Target.Model;
        _isCohere = model.Contains("cohere.embed", StringComparison.Ordinal);
        var isTitan = model.Contains("amazon.titan-embed-text", StringComparison.Ordinal) || model.Contains("amazon.titan-embed-g1-text", StringComparison.Ordinal);
        if (!_isCohere && !isTitan)
        {
            throw context.Refuse("model", "of Bedrock's models, Titan Text Embeddings and Cohere Embed are known to give embeddings here.");
        }

        _request = EmbeddingsRequest.Read(call, takesInputType: _isCohere);
        if (isTitan && _request.Texts.Count > 1)
        {
            throw context.Refuse("input", "the model takes one text in a call.");
        }

        var hasDimensions = model.Contains(_isCohere ? "embed-v4" : "titan-embed-text-v2", StringComparison.Ordinal);
        if (_request.Dimensions is not null && !hasDimensions)
        {
            throw context.Refuse("dimensions", "the model has one size.");
        }
    }

    public EmbeddingsPlan Plan => new(_request, Read, TokensHeader);

    public ReadOnlyMemory<byte> Write()
    {
        var output = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(output, JsonOutput.WriterOptions))
        {
            writer.WriteStartObject();
            if (_isCohere)
            {
                writer.WriteStartArray("texts"u8);
                foreach (var text in _request.Texts)
                {
                    writer.WriteStringValue(text);
                }

                writer.WriteEndArray();
                writer.WriteString("input_type"u8, _request.InputType ?? DefaultInputType);
            }
            else
            {
                writer.WriteString("inputText"u8, _request.Texts[0]);
            }

            if (_request.Dimensions is { } size)
            {
                writer.WriteNumber(_isCohere ? "output_dimension"u8 : "dimensions"u8, size);
            }

            writer.WriteEndObject();
        }

        return output.WrittenMemory;
    }

    /// <summary>Cohere lists its vectors, or lists them by the kind of their numbers.</summary>
    private EmbeddingsFound Read(JsonElement root)
    {
        if (!_isCohere)
        {
            return new([root.GetProperty("embedding")], root.FindCount("inputTextTokenCount"));
        }

        var vectors = root.GetProperty("embeddings");
        return new((vectors.ValueKind == JsonValueKind.Object ? vectors.GetProperty("float") : vectors).EnumerateArray(), Tokens: null);
    }
}
