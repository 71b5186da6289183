using System.Text.Json;
using Gateway.Llm.Canonical;

namespace RoutingService.Providers.Gemini;

/// <summary>Writes <c>tools</c> and <c>toolConfig</c>.</summary>
internal sealed class GeminiToolsWriter(Utf8JsonWriter writer, RequestTranslation translation)
{
    /// <param name="withChoice">False where the tools are only counted.</param>
    public void Write(bool withChoice)
    {
        var functions = new List<FunctionTool>();
        var searches = false;
        for (var index = 0; index < translation.Request.Tools.Count; index++)
        {
            switch (translation.Request.Tools[index])
            {
                case FunctionTool function:
                    functions.Add(function);
                    break;
                case FreeformTool freeform:
                    functions.Add(FreeformTools.ToFunction(freeform, index, translation));
                    break;
                case HostedTool { Type: var type } when type.StartsWith("web_search", StringComparison.Ordinal):
                    searches = true;
                    translation.Emulated("tools");
                    break;
                case var hosted:
                    throw translation.Refuse($"tools[{index}].type", $"there is nothing like '{hosted.Name}'.");
            }
        }

        if (functions.Count == 0 && !searches)
        {
            return;
        }

        writer.WriteStartArray("tools"u8);
        if (functions.Count > 0)
        {
            writer.WriteStartObject();
            writer.WriteStartArray("functionDeclarations"u8);
            functions.ForEach(Write);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        if (searches)
        {
            writer.WriteStartObject();
            writer.WriteStartObject("googleSearch"u8);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (functions.Count > 0 && withChoice)
        {
            WriteChoice(functions.Exists(function => function.Strict == true));
        }
    }

    private void Write(FunctionTool function)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, function.Name);
        if (!string.IsNullOrEmpty(function.Description))
        {
            writer.WriteString("description"u8, function.Description);
        }

        if (function.Parameters is { ValueKind: JsonValueKind.Object } parameters && HasProperties(parameters))
        {
            writer.WritePropertyName("parametersJsonSchema"u8);
            parameters.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    /// <summary>An object schema without properties is refused; a function without parameters leaves it out.</summary>
    private static bool HasProperties(JsonElement schema)
        => !(schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("object"))
            || (schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object
                && properties.EnumerateObject().Any())
            || schema.TryGetProperty("$ref", out _) || schema.TryGetProperty("anyOf", out _) || schema.TryGetProperty("additionalProperties", out var more)
                && more.ValueKind != JsonValueKind.False;

    /// <summary>VALIDATED holds the arguments to their schemas, as ANY does, and leaves the choice to the model.</summary>
    private void WriteChoice(bool hasStrict)
    {
        var choice = translation.Request.ToolChoice;
        var mode = choice?.Mode switch
        {
            ToolChoiceMode.None => "NONE",
            ToolChoiceMode.Required or ToolChoiceMode.One => "ANY",
            ToolChoiceMode.Allowed => "VALIDATED",
            _ when hasStrict => "VALIDATED",
            ToolChoiceMode.Auto => "AUTO",
            _ => null,
        };
        if (mode is null)
        {
            return;
        }

        writer.WriteStartObject("toolConfig"u8);
        writer.WriteStartObject("functionCallingConfig"u8);
        writer.WriteString("mode"u8, mode);
        if (choice is { Names.Count: > 0 })
        {
            writer.WriteStartArray("allowedFunctionNames"u8);
            foreach (var name in choice.Names)
            {
                writer.WriteStringValue(name);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
