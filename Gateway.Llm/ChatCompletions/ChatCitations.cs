using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.ChatCompletions;

/// <summary>Citations as <c>annotations</c>.</summary>
internal static class ChatCitations
{
    public static CitationAdded Read(JsonElement annotation)
    {
        var given = RequestField.TryGet(annotation, "url_citation", out var nested) && nested.ValueKind == JsonValueKind.Object ? nested : annotation;
        return new CitationAdded(new Citation
        {
            Url = Text(given, "url"),
            Title = Text(given, "title"),
            Start = Number(given, "start_index"),
            End = Number(given, "end_index"),
        });
    }

    /// <param name="start">Where the cited piece begins, where the citation does not say it.</param>
    public static void Write(Utf8JsonWriter writer, Citation citation, int start, int end)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "url_citation"u8);
        writer.WriteStartObject("url_citation"u8);
        writer.WriteString("url"u8, citation.Url);
        writer.WriteString("title"u8, citation.Title ?? "");
        writer.WriteNumber("start_index"u8, citation.Start ?? start);
        writer.WriteNumber("end_index"u8, citation.End ?? end);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static string? Text(JsonElement owner, string name)
        => owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int? Number(JsonElement owner, string name)
        => owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;
}
