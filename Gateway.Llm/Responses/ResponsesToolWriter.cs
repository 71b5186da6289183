using System.Text.Json;
using Gateway.Llm.Canonical;

namespace Gateway.Llm.Responses;

/// <summary>Writes <c>tools</c>, <c>tool_choice</c> and <c>parallel_tool_calls</c>.</summary>
internal static class ResponsesToolWriter
{
    private static readonly byte[] NoParameters = """{"type":"object","properties":{}}"""u8.ToArray();

    public static void Write(Utf8JsonWriter json, LlmRequest request, LossReport losses)
    {
        if (request.Tools.Count > 0)
        {
            json.WriteStartArray("tools"u8);
            for (var i = 0; i < request.Tools.Count; i++)
            {
                WriteTool(json, request.Tools[i], $"tools[{i}]", losses);
            }

            json.WriteEndArray();
        }

        if (request.ToolChoice is { } choice)
        {
            WriteChoice(json, choice, request.Tools);
        }

        if (request.ParallelToolCalls is { } parallel)
        {
            json.WriteBoolean("parallel_tool_calls"u8, parallel);
        }
    }

    private static void WriteTool(Utf8JsonWriter json, LlmTool tool, string param, LossReport losses)
    {
        switch (tool)
        {
            case FunctionTool function:
                json.WriteStartObject();
                json.WriteString("type"u8, "function"u8);
                json.WriteString("name"u8, function.Name);
                WriteDescription(json, function.Description);
                json.WritePropertyName("parameters"u8);
                if (function.Parameters is { } parameters)
                {
                    parameters.WriteTo(json);
                }
                else
                {
                    json.WriteRawValue(NoParameters);
                }

                // Absent would be true here, and false nowhere else.
                json.WriteBoolean("strict"u8, function.Strict ?? false);
                json.WriteEndObject();
                break;
            case FreeformTool freeform:
                json.WriteStartObject();
                json.WriteString("type"u8, "custom"u8);
                json.WriteString("name"u8, freeform.Name);
                WriteDescription(json, freeform.Description);
                if (freeform.Format is { } format)
                {
                    json.WritePropertyName("format"u8);
                    format.WriteTo(json);
                }

                json.WriteEndObject();
                break;
            case HostedTool { Origin: Origins.OpenAI } hosted:
                hosted.Json.WriteTo(json);
                break;
            case HostedTool hosted when hosted.Type.StartsWith("web_search", StringComparison.Ordinal):
                losses.Changed(param);
                json.WriteStartObject();
                json.WriteString("type"u8, "web_search"u8);
                json.WriteEndObject();
                break;
            default:
                throw new InvalidRequestException("unsupported_parameter", $"OpenAI has no tool like '{tool.Name}'.", $"{param}.type");
        }
    }

    private static void WriteChoice(Utf8JsonWriter json, ToolChoice choice, IReadOnlyList<LlmTool> tools)
    {
        switch (choice.Mode)
        {
            case ToolChoiceMode.None:
                json.WriteString("tool_choice"u8, "none"u8);
                break;
            case ToolChoiceMode.One:
                json.WriteStartObject("tool_choice"u8);
                WriteReference(json, choice.Names[0], tools);
                json.WriteEndObject();
                break;
            case ToolChoiceMode.Allowed or ToolChoiceMode.Required when choice.Names.Count > 0:
                json.WriteStartObject("tool_choice"u8);
                json.WriteString("type"u8, "allowed_tools"u8);
                json.WriteString("mode"u8, choice.Mode == ToolChoiceMode.Required ? "required"u8 : "auto"u8);
                json.WriteStartArray("tools"u8);
                foreach (var name in choice.Names)
                {
                    json.WriteStartObject();
                    WriteReference(json, name, tools);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
                break;
            case ToolChoiceMode.Required:
                json.WriteString("tool_choice"u8, "required"u8);
                break;
            default:
                json.WriteString("tool_choice"u8, "auto"u8);
                break;
        }
    }

    private static void WriteReference(Utf8JsonWriter json, string name, IReadOnlyList<LlmTool> tools)
    {
        switch (tools.FirstOrDefault(tool => tool.Name == name))
        {
            case HostedTool { Origin: Origins.OpenAI } hosted:
                json.WriteString("type"u8, hosted.Type);
                break;
            case HostedTool:
                json.WriteString("type"u8, "web_search"u8);
                break;
            case null when IsHosted(name):
                json.WriteString("type"u8, name);
                break;
            case FreeformTool:
                json.WriteString("type"u8, "custom"u8);
                json.WriteString("name"u8, name);
                break;
            default:
                json.WriteString("type"u8, "function"u8);
                json.WriteString("name"u8, name);
                break;
        }
    }

    /// <summary>A choice may name a kind of tool by another of its names.</summary>
    private static bool IsHosted(string name)
        => name.StartsWith("web_search", StringComparison.Ordinal) || name.StartsWith("computer", StringComparison.Ordinal)
            || name is "file_search" or "code_interpreter" or "image_generation" or "mcp" or "shell" or "local_shell" or "apply_patch";

    private static void WriteDescription(Utf8JsonWriter json, string? description)
    {
        if (description is not null)
        {
            json.WriteString("description"u8, description);
        }
    }
}
