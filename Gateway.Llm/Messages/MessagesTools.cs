using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Messages;

/// <summary>The tools of a request and the choice among them.</summary>
internal sealed class MessagesTools
{
    /// <summary>Stands for the form of the answer with models that know no other way: it has to be called, and its arguments are the text.</summary>
    public const string OutputTool = "answer_in_json";

    private static readonly JsonElement AnyObject = JsonElement.Parse("""{"type":"object","properties":{}}"""u8);
    private static readonly JsonElement SomeObject = JsonElement.Parse("""{"type":"object","additionalProperties":true}"""u8);
    private static readonly JsonElement SomeText
        = JsonElement.Parse("""{"type":"object","properties":{"input":{"type":"string"}},"required":["input"]}"""u8);

    private readonly LlmRequest _request;
    private readonly RequestContext _context;
    private readonly MessagesModel _model;
    private readonly List<LlmTool> _tools;
    private readonly List<HostedTool> _servers;
    private readonly ToolChoiceMode _mode;

    private MessagesTools(LlmRequest request, RequestContext context, MessagesModel model)
    {
        (_request, _context, _model) = (request, context, model);
        _servers = [.. request.Tools.OfType<HostedTool>().Where(tool => tool.Type == MessagesToolReader.ServerType)];
        _tools = [.. request.Tools.Where(tool => tool is not HostedTool { Type: MessagesToolReader.ServerType })];
        _mode = request.ToolChoice?.Mode ?? ToolChoiceMode.Auto;
        if (request.ToolChoice is { Mode: not ToolChoiceMode.One, Names: { Count: > 0 } names })
        {
            _tools.RemoveAll(tool => !names.Contains(tool.Name));
        }

        EmulatesOutput = request.Output is { } output && (output.Schema is null || !model.HasOutputSchemas);
        if (EmulatesOutput)
        {
            context.Emulated("response_format");
        }
    }

    /// <summary>The answer comes as a call of <see cref="OutputTool"/>.</summary>
    public bool EmulatesOutput { get; }

    public static MessagesTools From(LlmRequest request, RequestContext context, MessagesModel model) => new(request, context, model);

    public void Write(Utf8JsonWriter json)
    {
        if (_tools.Count == 0 && !EmulatesOutput)
        {
            return;
        }

        json.WriteStartArray("tools"u8);
        for (var i = 0; i < _tools.Count; i++)
        {
            WriteTool(json, _tools[i], $"tools[{i}]");
        }

        if (EmulatesOutput)
        {
            WriteFunction(json, new FunctionTool(OutputTool, _request.Output!.Schema ?? SomeObject)
            {
                Description = _request.Output.Description ?? "Give the answer by calling this tool; its arguments are the answer.",
            });
        }

        json.WriteEndArray();
        WriteChoice(json);
    }

    public void WriteServers(Utf8JsonWriter json)
    {
        if (_servers.Count == 0)
        {
            return;
        }

        json.WriteStartArray("mcp_servers"u8);
        foreach (var server in _servers)
        {
            server.Json.WriteTo(json);
        }

        json.WriteEndArray();
    }

    private void WriteTool(Utf8JsonWriter json, LlmTool tool, string param)
    {
        switch (tool)
        {
            case FunctionTool function:
                MessagesNames.Check(function.Name, _context);
                WriteFunction(json, function);
                break;
            case FreeformTool { Format: { ValueKind: JsonValueKind.Object } format } when format.FindText("type") != "text":
                throw _context.Refuse($"{param}.format", "the text of a tool cannot be held to a grammar there.");
            case FreeformTool freeform:
                _context.Emulated("tools");
                WriteFunction(json, new FunctionTool(freeform.Name, SomeText) { Description = freeform.Description });
                break;
            case HostedTool { Origin: Origins.Anthropic } hosted:
                hosted.Json.WriteTo(json);
                break;
            case HostedTool { Origin: Origins.OpenAI } hosted when hosted.Type.StartsWith("web_search", StringComparison.Ordinal):
                _context.Changed("tools");
                WriteWebSearch(json, hosted);
                break;
            case HostedTool hosted:
                throw _context.Refuse($"{param}.type", $"there is no counterpart of '{JsonStrings.Shorten(hosted.Type)}'.");
        }
    }

    private void WriteFunction(Utf8JsonWriter json, FunctionTool tool)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, tool.Name);
        if (tool.Description is { } description)
        {
            json.WriteString("description"u8, description);
        }

        json.WritePropertyName("input_schema"u8);
        (tool.Parameters ?? AnyObject).WriteTo(json);
        if (tool.Strict == true && !_model.HasOutputSchemas)
        {
            _context.Dropped("tools.strict");
        }
        else if (tool.Strict is { } strict)
        {
            json.WriteBoolean("strict"u8, strict);
        }

        if (tool.Cache is { } cache)
        {
            MessagesContentWriter.WriteCache(json, cache);
        }

        json.WriteEndObject();
    }

    private static void WriteWebSearch(Utf8JsonWriter json, HostedTool tool)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "web_search_20250305"u8);
        json.WriteString("name"u8, "web_search"u8);
        if (tool.Json.FindObject("user_location") is { } location && location.FindText("type") == "approximate")
        {
            // Responses has the place in it, Chat Completions below a name of its own.
            var place = location.FindObject("approximate") ?? location;
            json.WriteStartObject("user_location"u8);
            json.WriteString("type"u8, "approximate"u8);
            foreach (var name in (string[])["city", "region", "country", "timezone"])
            {
                if (place.FindText(name) is { } value)
                {
                    json.WriteString(name, value);
                }
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private void WriteChoice(Utf8JsonWriter json)
    {
        var forbidsParallel = _request.ParallelToolCalls == false && _mode != ToolChoiceMode.None;
        if (!EmulatesOutput && _request.ToolChoice is null && !forbidsParallel)
        {
            return;
        }

        json.WriteStartObject("tool_choice"u8);
        switch (_mode)
        {
            // With tools of the client's, the model may call them first, and answers in the end.
            case var _ when EmulatesOutput && (_mode == ToolChoiceMode.None || _tools.Count == 0):
                json.WriteString("type"u8, "tool"u8);
                json.WriteString("name"u8, OutputTool);
                break;
            case ToolChoiceMode.One:
                json.WriteString("type"u8, "tool"u8);
                json.WriteString("name"u8, _request.ToolChoice!.Names[0]);
                break;
            case ToolChoiceMode.Required:
            case var _ when EmulatesOutput:
                json.WriteString("type"u8, "any"u8);
                break;
            case ToolChoiceMode.None:
                json.WriteString("type"u8, "none"u8);
                break;
            default:
                json.WriteString("type"u8, "auto"u8);
                break;
        }

        if (forbidsParallel)
        {
            json.WriteBoolean("disable_parallel_tool_use"u8, true);
        }

        json.WriteEndObject();
    }
}
