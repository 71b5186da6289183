using System.Text.Json;
using Gateway.Llm;
using Gateway.Llm.Json;

namespace RoutingService.Providers.Embeddings;

/// <summary>A request for embeddings as OpenAI writes it, for providers that write it otherwise.</summary>
internal sealed record EmbeddingsRequest(IReadOnlyList<string> Texts, int? Dimensions, bool IsBase64)
{
    /// <summary>What the vectors are for (<c>search_document</c>, <c>search_query</c>): OpenAI has no such field, clients of other vendors send it.</summary>
    public string? InputType { get; init; }

    public static EmbeddingsRequest Read(ProviderCall call, bool takesInputType = false)
    {
        using var document = JsonDocument.Parse(call.Body, new JsonDocumentOptions { MaxDepth = JsonLimits.MaxDepth });
        var request = new EmbeddingsRequest([], Dimensions: null, IsBase64: false);
        foreach (var field in document.RootElement.EnumerateObject().Where(field => field.Value.ValueKind != JsonValueKind.Null))
        {
            request = field.Name switch
            {
                "model" or "stream" => request,
                "input" => request with { Texts = ReadTexts(field.Value, call) },
                "dimensions" => request with { Dimensions = ReadDimensions(field.Value) },
                "encoding_format" => request with { IsBase64 = ReadFormat(field.Value) },
                "input_type" when takesInputType => request with { InputType = ReadText(field) },
                _ => Drop(request, field.Name, call),
            };
        }

        return request;
    }

    private static List<string> ReadTexts(JsonElement input, ProviderCall call)
    {
        if (input.ValueKind == JsonValueKind.String)
        {
            return [input.GetString()!];
        }

        return input.ValueKind == JsonValueKind.Array && input.GetArrayLength() > 0 && input.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. input.EnumerateArray().Select(item => item.GetString()!)]
            : throw new InvalidRequestException(
                "unsupported_parameter", $"input is not supported by {call.Target.Provider.Name} ({call.Target.Model}) unless it is a text or a list of texts.", "input");
    }

    private static int ReadDimensions(JsonElement value)
        => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count > 0 ? count : throw Wrong("dimensions", "a positive whole number");

    private static bool ReadFormat(JsonElement value) => value.ValueKind == JsonValueKind.String && value.ValueEquals("base64")
        ? true
        : value.ValueKind == JsonValueKind.String && value.ValueEquals("float") ? false : throw Wrong("encoding_format", "'float' or 'base64'");

    private static string ReadText(JsonProperty field)
        => field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString()! : throw Wrong(field.Name, "a text");

    private static InvalidRequestException Wrong(string field, string expected) => new("invalid_value", $"'{field}' must be {expected}.", field);

    private static EmbeddingsRequest Drop(EmbeddingsRequest request, string field, ProviderCall call)
    {
        call.Losses.Dropped(JsonStrings.Shorten(field));
        return request;
    }
}
