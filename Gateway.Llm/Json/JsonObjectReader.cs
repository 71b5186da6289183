using System.Text.Json;

namespace Gateway.Llm.Json;

internal static class JsonObjectReader
{
    /// <summary>A reader that stands at the start of an object.</summary>
    /// <param name="json">All of it.</param>
    /// <param name="what">What must be an object, for the <see cref="JsonException"/>.</param>
    public static Utf8JsonReader Open(ReadOnlySpan<byte> json, string what)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return reader.TokenType == JsonTokenType.StartObject ? reader : throw new JsonException($"{what} must be a JSON object.");
    }
}
