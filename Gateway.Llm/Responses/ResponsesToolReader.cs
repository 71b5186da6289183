using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Responses;

/// <summary>Reads <c>tools</c> and <c>tool_choice</c>.</summary>
internal static class ResponsesToolReader
{
    public static List<LlmTool> ReadTools(JsonElement root)
    {
        var tools = new List<LlmTool>();
        foreach (var tool in root.FindArray("tools"))
        {
            tools.Add(ReadTool(tool, $"tools[{tools.Count}]"));
        }

        return tools;
    }

    public static ToolChoice? ReadChoice(JsonElement root)
    {
        if (root.Find("tool_choice") is not { } choice)
        {
            return null;
        }

        if (choice.ValueKind == JsonValueKind.String)
        {
            return choice.GetString() switch
            {
                "auto" => ToolChoice.Auto,
                "none" => ToolChoice.None,
                "required" => ToolChoice.Required,
                _ => throw Invalid(),
            };
        }

        return choice.FindText("type") switch
        {
            "function" or "custom" => ToolChoice.One(choice.FindText("name") ?? throw Invalid()),
            "allowed_tools" => new ToolChoice(
                choice.FindText("mode") == "required" ? ToolChoiceMode.Required : ToolChoiceMode.Allowed,
                [.. choice.FindArray("tools").Select(tool => tool.FindText("name") ?? tool.FindText("type") ?? throw Invalid())]),
            { } hosted => ToolChoice.One(hosted),
            null => throw Invalid(),
        };
    }

    private static LlmTool ReadTool(JsonElement tool, string param)
    {
        var type = tool.FindText("type") ?? throw new InvalidRequestException("missing_required_parameter", $"'{param}.type' is required.", $"{param}.type");
        return type switch
        {
            "function" => new FunctionTool(ReadName(tool, param), tool.FindObject("parameters")?.Clone())
            {
                Description = tool.FindText("description"),
                Strict = tool.Find("strict")?.ValueKind switch
                {
                    JsonValueKind.True => true,
                    JsonValueKind.False => false,
                    _ => null,
                },
            },
            "custom" => new FreeformTool(ReadName(tool, param), tool.FindObject("format")?.Clone()) { Description = tool.FindText("description") },
            _ => new HostedTool(Origins.OpenAI, type, tool.Clone()),
        };
    }

    private static string ReadName(JsonElement tool, string param)
        => tool.FindText("name") ?? throw new InvalidRequestException("missing_required_parameter", $"'{param}.name' is required.", $"{param}.name");

    private static InvalidRequestException Invalid()
        => new("invalid_value", "'tool_choice' must be 'auto', 'none', 'required' or an object that names a tool.", "tool_choice");
}
