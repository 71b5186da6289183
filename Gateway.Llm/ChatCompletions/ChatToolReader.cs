using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.ChatCompletions;

/// <summary>Reads the tools of a request, and which of them may be called; in the old words (<c>functions</c>) too.</summary>
internal static class ChatToolReader
{
    public static List<LlmTool> ReadTools(JsonElement tools, List<string> unmapped)
    {
        var result = new List<LlmTool>();
        var index = 0;
        foreach (var tool in RequestField.Items(tools, "tools"))
        {
            var param = $"tools[{index++}]";
            var type = RequestField.RequireString(RequestField.Object(tool, param), "type", param);
            switch (type)
            {
                case "function":
                    var cache = RequestField.TryGet(tool, "cache_control", out var marker) ? ChatMessageReader.ReadCache(marker, unmapped) : null;
                    result.Add(ReadFunction(RequestField.RequireObject(tool, "function", param), $"{param}.function") with { Cache = cache });
                    break;
                case "custom":
                    var custom = RequestField.RequireObject(tool, "custom", param);
                    result.Add(new FreeformTool(
                        RequestField.RequireString(custom, "name", $"{param}.custom"), ReadFormat(custom))
                    {
                        Description = RequestField.FindString(custom, "description", $"{param}.custom"),
                    });
                    break;
                default:
                    result.Add(new HostedTool(Origins.OpenAI, type, tool.Clone()));
                    break;
            }
        }

        return result;
    }

    public static List<LlmTool> ReadFunctions(JsonElement functions)
        => [.. RequestField.Items(functions, "functions").Select((function, index) => ReadFunction(function, $"functions[{index}]"))];

    public static ToolChoice ReadChoice(JsonElement choice)
    {
        const string Param = "tool_choice";
        if (choice.ValueKind == JsonValueKind.String)
        {
            return ReadMode(choice.GetString()!, Param);
        }

        switch (RequestField.RequireString(RequestField.Object(choice, Param), "type", Param))
        {
            case "function":
                return ToolChoice.One(ReadName(choice, "function", Param));
            case "custom":
                return ToolChoice.One(ReadName(choice, "custom", Param));
            case "allowed_tools":
                var allowed = RequestField.RequireObject(choice, "allowed_tools", Param);
                return new ToolChoice(
                    RequestField.FindString(allowed, "mode", $"{Param}.allowed_tools") == "required" ? ToolChoiceMode.Required : ToolChoiceMode.Allowed,
                    [.. ReadAllowed(allowed, $"{Param}.allowed_tools")]);
            case var type:
                throw RequestField.Unknown($"{Param}.type", "a choice", type);
        }
    }

    public static ToolChoice ReadFunctionCall(JsonElement choice)
        => choice.ValueKind == JsonValueKind.String
            ? ReadMode(choice.GetString()!, "function_call")
            : ToolChoice.One(RequestField.RequireString(RequestField.Object(choice, "function_call"), "name", "function_call"));

    private static ToolChoice ReadMode(string mode, string param) => mode switch
    {
        "auto" => ToolChoice.Auto,
        "none" => ToolChoice.None,
        "required" => ToolChoice.Required,
        _ => throw RequestField.Unknown(param, "a choice", mode),
    };

    private static IEnumerable<string> ReadAllowed(JsonElement allowed, string param)
    {
        if (!RequestField.TryGet(allowed, "tools", out var tools))
        {
            throw new InvalidRequestException("missing_required_parameter", $"'{param}.tools' is required.", $"{param}.tools");
        }

        foreach (var tool in RequestField.Items(tools, $"{param}.tools"))
        {
            yield return ReadName(tool, RequestField.RequireString(RequestField.Object(tool, $"{param}.tools"), "type", $"{param}.tools"), $"{param}.tools");
        }
    }

    private static string ReadName(JsonElement owner, string type, string param)
        => RequestField.RequireString(RequestField.RequireObject(owner, type, param), "name", $"{param}.{type}");

    private static FunctionTool ReadFunction(JsonElement function, string param) => new(
        RequestField.RequireString(RequestField.Object(function, param), "name", param),
        RequestField.TryGet(function, "parameters", out var parameters) ? RequestField.Object(parameters, $"{param}.parameters").Clone() : null)
    {
        Description = RequestField.FindString(function, "description", param),
        Strict = RequestField.TryGet(function, "strict", out var strict) ? RequestField.Boolean(strict, $"{param}.strict") : null,
    };

    /// <summary>Any text is what null stands for.</summary>
    private static JsonElement? ReadFormat(JsonElement custom)
        => RequestField.TryGet(custom, "format", out var format)
            && !(format.ValueKind == JsonValueKind.Object && RequestField.TryGet(format, "type", out var type) && type.ValueEquals("text"u8))
                ? format.Clone()
                : null;
}
