using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Messages;

/// <summary>Citations say where in the source the words are; where in the answer is said by the block that has them.</summary>
internal static class MessagesCitations
{
    public static Citation Read(JsonElement citation) => new()
    {
        Url = citation.FindText("url") ?? (citation.FindText("type") == "search_result_location" ? citation.FindText("source") : null),
        Title = citation.FindText("title") ?? citation.FindText("document_title"),
        CitedText = citation.FindText("cited_text"),
        // What the gateway itself made of another's citation has no index, and would be refused.
        Native = citation.FindText("encrypted_index") == "" ? null : (Origins.Anthropic, citation.Clone()),
    };

    /// <summary>False when it has no place in this format.</summary>
    public static bool TryWrite(Utf8JsonWriter writer, Citation citation)
    {
        if (citation.Native is { Origin: Origins.Anthropic, Json: var native })
        {
            native.WriteTo(writer);
            return true;
        }

        if (citation.Url is null)
        {
            return false;
        }

        writer.WriteStartObject();
        writer.WriteString("type"u8, "web_search_result_location"u8);
        writer.WriteString("cited_text"u8, citation.CitedText ?? "");
        writer.WriteString("url"u8, citation.Url);
        writer.WriteString("title"u8, citation.Title);
        writer.WriteString("encrypted_index"u8, ""u8);
        writer.WriteEndObject();
        return true;
    }
}
