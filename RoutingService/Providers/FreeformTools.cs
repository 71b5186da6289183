using System.Text.Json;
using Gateway.Llm.Canonical;

namespace RoutingService.Providers;

/// <summary>
/// Tools that take plain text, for providers whose tools take objects: a function with one parameter that holds the text.
/// </summary>
internal sealed class FreeformTools
{
    public const string Parameter = "input";

    private readonly HashSet<string> _names;

    public FreeformTools(LlmRequest request) => _names = [.. request.Tools.OfType<FreeformTool>().Select(tool => tool.Name)];

    /// <summary>The schema that stands for "some text".</summary>
    public static JsonElement Schema { get; }
        = JsonElement.Parse("""{"type":"object","properties":{"input":{"type":"string"}},"required":["input"]}"""u8);

    public bool Has(string name) => _names.Contains(name);

    /// <summary>The text in the arguments; the arguments themselves where the model has not followed the schema.</summary>
    public static string Unwrap(string arguments)
    {
        try
        {
            using var document = JsonDocument.Parse(arguments);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty(Parameter, out var text) && text.ValueKind == JsonValueKind.String
                    ? text.GetString()!
                    : arguments;
        }
        catch (JsonException)
        {
            // Cut off by the output cap: what there is, is the client's.
            return arguments;
        }
    }

    /// <summary>As a function; one whose text must follow a grammar has no counterpart.</summary>
    public static FunctionTool ToFunction(FreeformTool tool, int index, RequestTranslation translation)
    {
        if (tool.Format is { ValueKind: JsonValueKind.Object } format && !(format.TryGetProperty("type", out var type) && type.ValueEquals("text")))
        {
            throw translation.Refuse($"tools[{index}].format", "the text of a tool cannot be held to a grammar there.");
        }

        translation.Emulated("tools");
        return new FunctionTool(tool.Name, Schema) { Description = tool.Description };
    }
}
