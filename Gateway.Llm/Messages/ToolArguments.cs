using System.Text.Json;
using Gateway.Llm.Json;

namespace Gateway.Llm.Messages;

/// <summary>The arguments of a tool call, which OpenAI has as text and others as an object.</summary>
public static class ToolArguments
{
    /// <summary>False when the text is no JSON object; nothing has been written then. Empty text stands for no arguments.</summary>
    public static bool TryWrite(Utf8JsonWriter writer, string arguments)
    {
        if (string.IsNullOrWhiteSpace(arguments))
        {
            writer.WriteStartObject();
            writer.WriteEndObject();
            return true;
        }

        try
        {
            using var document = JsonDocument.Parse(arguments, new JsonDocumentOptions { MaxDepth = JsonLimits.MaxDepth });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return false;
            }

            document.RootElement.WriteTo(writer);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>What a model has left unfinished, at its output cap, is no arguments.</summary>
    public static void WriteOrEmpty(Utf8JsonWriter writer, string arguments)
    {
        if (!TryWrite(writer, arguments))
        {
            writer.WriteStartObject();
            writer.WriteEndObject();
        }
    }
}
