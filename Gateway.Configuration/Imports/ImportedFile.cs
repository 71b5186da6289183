using System.Text.Json.Nodes;
using Gateway.Configuration.Exports;
using Gateway.Configuration.References;
using Gateway.Configuration.Rules;

namespace Gateway.Configuration.Imports;

/// <summary>A file in the making, and what could not go into it.</summary>
internal sealed class ImportedFile
{
    private readonly List<string> _notes = [];
    private readonly VariableNames _variables = new();

    public JsonObject Providers { get; } = [];

    public JsonObject Deployments { get; } = [];

    public JsonObject Models { get; } = [];

    public JsonObject Keys { get; } = [];

    private readonly Dictionary<string, string?> _marks = new(StringComparer.Ordinal);

    /// <summary>What tells a provider from others like it.</summary>
    public void Mark(string provider, string? mark) => _marks[provider] = mark;

    public string? MarkOf(string provider) => _marks.GetValueOrDefault(provider);

    public void Note(string note)
    {
        if (!_notes.Contains(note))
        {
            _notes.Add(note);
        }
    }

    /// <summary>Of two things with one name, the second gets another.</summary>
    public static string UniqueName(JsonObject things, string name)
    {
        var unique = name;
        for (var number = 2; things.ContainsKey(unique); number++)
        {
            unique = FormattableString.Invariant($"{name}-{number}");
        }

        return unique;
    }

    /// <summary>A secret that stood there in the clear goes into a variable.</summary>
    public string Hide(string words, string of)
    {
        var reference = _variables.Add(words, of);
        Note($"{of} stands there in the clear, which a file must not: put it into the variable {reference[6..^1]}.");
        return reference;
    }

    public ImportResult ToResult(string source, string? schemaUrl)
    {
        var writer = new StringWriter { NewLine = "\n" };
        var content = new JsonObject
        {
            [FileRules.Providers] = Providers,
            [FileRules.Deployments] = Deployments,
            [FileRules.Models] = Models,
            [FileRules.Keys] = Keys,
        };
        FileWriter.Write(writer, content, [$"Imported from {source}."], schemaUrl);
        return new ImportResult(writer.ToString(), _notes);
    }

    /// <summary>Text of a foreign file, which has no references of ours.</summary>
    public static string Literal(string text) => ReferenceText.Escape(text);
}
