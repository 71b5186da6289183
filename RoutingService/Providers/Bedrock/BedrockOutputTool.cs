using System.Text.Json;
using Gateway.Llm.Canonical;

namespace RoutingService.Providers.Bedrock;

/// <summary>
/// A structured answer from a model without one: a tool whose arguments are the answer, and that must be called. Its call becomes text again on
/// the way back.
/// </summary>
internal sealed record BedrockOutputTool(string Name, JsonElement Schema, string? Description)
{
    public const string DefaultName = "response";
    private static readonly JsonElement AnyObject = JsonElement.Parse("""{"type":"object"}"""u8);

    /// <summary>Null where none is needed.</summary>
    public static BedrockOutputTool? For(LlmRequest request, BedrockModel model, RequestTranslation translation)
    {
        // A model that must call a tool of the client's gives no other answer.
        if (request.Output is not { } format
            || (format.Schema is not null && model.HasStructuredOutput)
            || request.ToolChoice is { Mode: ToolChoiceMode.One or ToolChoiceMode.Required })
        {
            return null;
        }

        var schema = format.Schema ?? AnyObject;
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("type", out var type) || !type.ValueEquals("object"))
        {
            throw translation.Refuse("response_format", "the schema must be that of an object.");
        }

        translation.Emulated("response_format");
        var name = format.Name is { } wanted && BedrockNames.IsToolName(wanted) ? wanted : DefaultName;
        while (request.Tools.Any(tool => tool.Name == name))
        {
            name += "_";
        }

        return new BedrockOutputTool(name, schema, format.Description ?? "Gives the answer.");
    }
}
