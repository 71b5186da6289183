using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Cli.Invocation;
using Spectre.Console;

namespace Gateway.Cli.Output;

/// <summary>What a command says: to a person in words and columns, to a program in JSON, and never in both.</summary>
internal sealed class Report(Surroundings surroundings, bool isJson)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly HashSet<string> _warnings = [];

    public bool IsJson => isJson;

    /// <summary>Whether the output has colours.</summary>
    private bool HasColours => surroundings.IsTerminal && CanShowColours;

    private bool CanShowColours => !isJson && surroundings.Variable("NO_COLOR") is null && surroundings.Variable("TERM") != "dumb";

    public void WriteLine(string text = "") => surroundings.Output.WriteLine(text);

    /// <summary>The answer as it is.</summary>
    public void WriteJson(JsonNode? json) => surroundings.Output.WriteLine(json?.ToJsonString(Indented) ?? "null");

    /// <summary>One of many: each is a line.</summary>
    public void WriteJsonLine(JsonNode? json)
    {
        surroundings.Output.WriteLine(json?.ToJsonString(OneLine) ?? "null");
        surroundings.Output.Flush();
    }

    public void WriteTable(Table table)
    {
        foreach (var line in table.Lines())
        {
            surroundings.Output.WriteLine(line);
        }
    }

    /// <summary>Names and values, one below the other; what has no value is left out.</summary>
    public void WriteFields(params ReadOnlySpan<(string Name, string? Value)> fields)
    {
        var width = 0;
        foreach (var (name, _) in fields)
        {
            width = Math.Max(width, name.Length);
        }

        foreach (var (name, value) in fields)
        {
            if (!string.IsNullOrEmpty(value))
            {
                surroundings.Output.WriteLine($"{name.PadRight(width)}  {Cells.Clean(value)}");
            }
        }
    }

    /// <summary>A line that begins with a word in its colour.</summary>
    public void WriteMark(string mark, Color colour, string text)
    {
        if (HasColours)
        {
            var console = CreateConsole(surroundings.Output);
            console.Write(new Text(mark, new Style(colour)));
        }
        else
        {
            surroundings.Output.Write(mark);
        }

        surroundings.Output.WriteLine(text);
    }

    /// <summary>Once for each text.</summary>
    public void Warn(string message)
    {
        if (_warnings.Add(message))
        {
            surroundings.Error.WriteLine(isJson ? new JsonObject { ["warning"] = new JsonObject { ["message"] = message } }.ToJsonString(OneLine) : $"warning: {message}");
        }
    }

    /// <summary>Something that a person wants to know and a program does not.</summary>
    public void Note(string message)
    {
        if (!isJson)
        {
            surroundings.Error.WriteLine(message);
        }
    }

    public void Fail(CommandException exception)
    {
        if (!isJson)
        {
            // All faults of a file are one message, of several lines.
            surroundings.Error.WriteLine($"error: {string.Join('\n', exception.Message.Split('\n').Select(Cells.Clean))}");
            if (exception.Advice is { } advice)
            {
                surroundings.Error.WriteLine($"       {Cells.Clean(advice)}");
            }

            return;
        }

        var error = new JsonObject { ["message"] = exception.Message, ["exit_code"] = exception.ExitCode };
        Add("advice", exception.Advice);
        Add("status", exception.Status);
        Add("code", exception.Code);
        Add("fields", exception.Fields?.DeepClone());
        surroundings.Error.WriteLine(new JsonObject { ["error"] = error }.ToJsonString(OneLine));

        void Add(string name, JsonNode? value)
        {
            if (value is not null)
            {
                error[name] = value;
            }
        }
    }

    /// <summary>A bar on standard error while something runs, where a person sees it.</summary>
    /// <param name="work">Is given what tells how far it is, from 0 to 1.</param>
    public async Task<T> RunWithProgressAsync<T>(string what, Func<IProgress<double>, Task<T>> work)
    {
        if (isJson || !surroundings.IsErrorTerminal || surroundings.Variable("TERM") == "dumb")
        {
            return await work(new Silent());
        }

        return await CreateConsole(surroundings.Error).Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(context => work(new Bar(context.AddTask(Markup.Escape(what)))));
    }

    private IAnsiConsole CreateConsole(TextWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = AnsiSupport.Yes,
        ColorSystem = CanShowColours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
        Interactive = InteractionSupport.Yes,
        Out = new AnsiConsoleOutput(writer),
    });

    private sealed class Silent : IProgress<double>
    {
        public void Report(double value)
        {
        }
    }

    private sealed class Bar(ProgressTask task) : IProgress<double>
    {
        public void Report(double value) => task.Value = value * task.MaxValue;
    }
}
