using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Messages;

/// <summary>Reads <c>tools</c>, <c>mcp_servers</c> and <c>tool_choice</c> of a request.</summary>
internal static class MessagesToolReader
{
    /// <summary>An MCP server is a tool that the provider runs; it stands in a field of its own.</summary>
    public const string ServerType = "mcp_server";

    public static List<LlmTool> ReadTools(JsonElement tools, List<string> unmapped)
    {
        var result = new List<LlmTool>();
        foreach (var tool in Elements(tools, "tools"))
        {
            var param = $"tools[{result.Count}]";
            result.Add(tool.FindText("type") is { } type and not "custom"
                ? new HostedTool(Origins.Anthropic, type, tool.Clone()) { Name = tool.FindText("name") ?? type }
                : ReadFunction(tool, param, unmapped));
        }

        return result;
    }

    public static IEnumerable<LlmTool> ReadServers(JsonElement servers)
        => Elements(servers, "mcp_servers")
            .Select(server => new HostedTool(Origins.Anthropic, ServerType, server.Clone()) { Name = server.FindText("name") ?? ServerType })
            .ToList();

    public static (ToolChoice Choice, bool? Parallel) ReadChoice(JsonElement choice)
    {
        var mode = choice.FindText("type") switch
        {
            "auto" => ToolChoice.Auto,
            "any" => ToolChoice.Required,
            "none" => ToolChoice.None,
            "tool" => ToolChoice.One(choice.FindText("name") ?? throw new InvalidRequestException(
                "missing_required_parameter", "'tool_choice.name' is required.", "tool_choice.name")),
            _ => throw new InvalidRequestException("invalid_value", "'tool_choice.type' must be 'auto', 'any', 'tool' or 'none'.", "tool_choice.type"),
        };
        bool? parallel = choice.Find("disable_parallel_tool_use") switch
        {
            { ValueKind: JsonValueKind.True } => false,
            { ValueKind: JsonValueKind.False } => true,
            _ => null,
        };
        return (mode, parallel);
    }

    private static FunctionTool ReadFunction(JsonElement tool, string param, List<string> unmapped)
    {
        var name = tool.FindText("name")
            ?? throw new InvalidRequestException("missing_required_parameter", $"'{param}.name' is required.", $"{param}.name");
        foreach (var field in tool.EnumerateObject())
        {
            if (field.Name is not ("type" or "name" or "description" or "input_schema" or "strict" or "cache_control"))
            {
                unmapped.Add($"{param}.{field.Name}");
            }
        }

        return new FunctionTool(name, tool.FindObject("input_schema")?.Clone())
        {
            Description = tool.FindText("description"),
            Strict = tool.Find("strict") switch
            {
                { ValueKind: JsonValueKind.True } => true,
                { ValueKind: JsonValueKind.False } => false,
                _ => null,
            },
            Cache = tool.Find("cache_control") is { } cache ? MessagesContentReader.ReadCache(cache) : null,
        };
    }

    private static IEnumerable<JsonElement> Elements(JsonElement array, string param)
    {
        if (array.ValueKind != JsonValueKind.Array)
        {
            throw new InvalidRequestException("invalid_type", $"'{param}' must be an array.", param);
        }

        var index = 0;
        foreach (var element in array.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Object)
            {
                throw new InvalidRequestException("invalid_type", $"'{param}[{index}]' must be an object.", $"{param}[{index}]");
            }

            index++;
            yield return element;
        }
    }
}
