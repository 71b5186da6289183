using System.Text.Json;
using Gateway.Llm.Canonical;

namespace RoutingService.Providers.Bedrock;

/// <summary>Writes <c>toolConfig</c>, which must be there as soon as the history has a tool in it.</summary>
internal sealed class BedrockToolsWriter(
    Utf8JsonWriter writer, RequestTranslation translation, Turns turns, BedrockModel model, BedrockOutputTool? outputTool, BedrockThinking? thinking)
{
    private static readonly JsonElement NoParameters = JsonElement.Parse("""{"type":"object","properties":{}}"""u8);

    public void Write()
    {
        var choice = translation.Request.ToolChoice;
        var functions = Functions(choice);
        var isNone = choice?.Mode == ToolChoiceMode.None;
        if (isNone && !turns.CalledNames.Any())
        {
            functions.Clear();
        }
        else
        {
            // There is no "none": with tools in the history they must be declared, and the model may call them.
            translation.ChangeIf(isNone && functions.Count > 0, "tool_choice");
            AddFromHistory(functions);
        }

        if (functions.Count == 0 && outputTool is null)
        {
            return;
        }

        writer.WriteStartObject("toolConfig"u8);
        writer.WriteStartArray("tools"u8);
        functions.ForEach(Write);
        if (outputTool is not null)
        {
            Write(new FunctionTool(outputTool.Name, outputTool.Schema) { Description = outputTool.Description });
        }

        writer.WriteEndArray();
        WriteChoice(choice, functions.Count);
        writer.WriteEndObject();
    }

    /// <summary>Of a choice of some only those are declared.</summary>
    private List<FunctionTool> Functions(ToolChoice? choice)
    {
        var functions = new List<FunctionTool>();
        for (var index = 0; index < translation.Request.Tools.Count; index++)
        {
            var function = translation.Request.Tools[index] switch
            {
                FunctionTool tool => tool,
                FreeformTool tool => FreeformTools.ToFunction(tool, index, translation),
                var hosted => throw translation.Refuse($"tools[{index}].type", $"there is nothing like '{hosted.Name}'."),
            };
            if (!BedrockNames.IsToolName(function.Name))
            {
                throw translation.Refuse($"tools[{index}].name", "a name has at most 64 letters, digits, '_' or '-'.");
            }

            if (choice is not { Mode: ToolChoiceMode.Allowed or ToolChoiceMode.Required, Names.Count: > 0 } || choice.Names.Contains(function.Name))
            {
                functions.Add(function);
            }
        }

        return functions;
    }

    private void AddFromHistory(List<FunctionTool> functions)
    {
        if (functions.Count > 0)
        {
            return;
        }

        foreach (var name in turns.CalledNames)
        {
            functions.Add(new FunctionTool(name, NoParameters));
            translation.Emulated("tools");
        }
    }

    private void Write(FunctionTool function)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("toolSpec"u8);
        writer.WriteString("name"u8, function.Name);
        if (!string.IsNullOrEmpty(function.Description))
        {
            writer.WriteString("description"u8, function.Description);
        }

        writer.WriteStartObject("inputSchema"u8);
        writer.WritePropertyName("json"u8);
        (function.Parameters is { ValueKind: JsonValueKind.Object } parameters ? parameters : NoParameters).WriteTo(writer);
        writer.WriteEndObject();
        if (function.Strict == true && model.HasStructuredOutput)
        {
            writer.WriteBoolean("strict"u8, true);
        }
        else
        {
            translation.DropIf(function.Strict == true, "tools.strict");
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
        if (function.Cache is { } cache)
        {
            if (model.IsClaude)
            {
                BedrockMessagesWriter.WriteCachePoint(writer, cache);
            }
            else
            {
                translation.Dropped("cache_control");
            }
        }
    }

    private void WriteChoice(ToolChoice? choice, int functions)
    {
        var isForced = choice?.Mode is ToolChoiceMode.Required or ToolChoiceMode.One;
        if (thinking is { RestrictsSampling: true } && !model.IsAdaptive)
        {
            if (isForced)
            {
                throw translation.Refuse("tool_choice", "the model cannot be made to call a tool while it thinks.");
            }

            return;
        }

        switch (choice?.Mode)
        {
            case ToolChoiceMode.One when functions > 0:
                WriteOne(choice.Names[0]);
                break;
            case ToolChoiceMode.Required when functions > 0:
                WriteEmpty("any"u8);
                break;
            case not ToolChoiceMode.None when outputTool is not null && functions > 0:
                // One of the client's, or the answer.
                WriteEmpty("any"u8);
                break;
            default:
                if (outputTool is not null)
                {
                    WriteOne(outputTool.Name);
                }
                else if (choice?.Mode is ToolChoiceMode.Auto)
                {
                    WriteEmpty("auto"u8);
                }

                break;
        }
    }

    private void WriteOne(string name)
    {
        writer.WriteStartObject("toolChoice"u8);
        writer.WriteStartObject("tool"u8);
        writer.WriteString("name"u8, name);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteEmpty(ReadOnlySpan<byte> mode)
    {
        writer.WriteStartObject("toolChoice"u8);
        writer.WriteStartObject(mode);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
