using System.Text;
using Gateway.Contracts;
using Tests.TestKit;

namespace Tests.Conformance;

/// <summary>What became of a feature.</summary>
internal enum Outcome
{
    Native,
    Emulated,
    Changed,
    Dropped,
    Refused,
}

/// <summary>The outcomes as a page of the documentation.</summary>
internal sealed class ConformanceTable
{
    private readonly Dictionary<(ClientFormat Format, string Feature, string Provider), string> _cells = [];

    public int Calls { get; private set; }

    public void Add(ClientFormat format, string feature, string provider, Outcome whole, Outcome stream)
    {
        Calls += 2;
        _cells[(format, feature, provider)] = whole == stream ? Name(whole) : $"{Name(whole)}, stream {Name(stream)}";
    }

    /// <summary>The features that the page in the docs calls refused.</summary>
    public static IReadOnlyList<string> RefusedIn(ClientFormat format, SimulatedProvider provider)
    {
        static string[] Cells(string line) => [.. line.Trim('|').Split('|').Select(cell => cell.Trim())];
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "conformance.md"));
        var table = lines.SkipWhile(line => line != $"## {Title(format)}").SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|')).ToList();
        var column = Array.IndexOf(Cells(table[0]), provider.Name);
        return [.. table.Select(Cells).Where(cells => cells[column] == Name(Outcome.Refused)).Select(cells => cells[0])];
    }

    public override string ToString()
    {
        var text = new StringBuilder("""
            # Conformance

            What each client format can ask of each provider. Every cell is two calls, with and without a stream, made by `ConformanceTests` through the
            router and the adapters against the simulator, which holds each request against its vendor's own description; the page is written by that
            test, which fails when it is out of date.

            - **native**: carried over as it is; where client and provider speak the same format, the client's bytes go through.
            - **emulated**: carried over by other means, and named in `x-gateway-lossy`.
            - **changed**, **dropped**: named in `x-gateway-lossy`; a 400 with `x-gateway-strict: true`.
            - **refused**: a 400 that names the field, because the answer would be to another question.
            - a feature without a row is one that the format has no words for, and a cell with a dash one that has no meaning there.

            """);
        foreach (var format in _cells.Keys.Select(cell => cell.Format).Distinct())
        {
            text.Append($"\n## {Title(format)}\n\n| feature |");
            text.AppendJoin("", SimulatedProvider.All.Select(provider => $" {provider.Name} |"));
            text.Append("\n| --- |").AppendJoin("", SimulatedProvider.All.Select(_ => " --- |")).Append('\n');
            foreach (var feature in Scenarios.All.Select(scenario => scenario.Name).Where(feature => _cells.Keys.Any(cell => cell.Format == format && cell.Feature == feature)))
            {
                text.Append($"| {feature} |");
                text.AppendJoin("", SimulatedProvider.All.Select(provider => $" {_cells.GetValueOrDefault((format, feature, provider.Name), "-")} |"));
                text.Append('\n');
            }
        }

        return text.ToString().ReplaceLineEndings("\n");
    }

    private static string Title(ClientFormat format) => format switch
    {
        ClientFormat.Chat => "OpenAI Chat Completions",
        ClientFormat.Responses => "OpenAI Responses",
        _ => "Anthropic Messages",
    };

    private static string Name(Outcome outcome) => outcome.ToString().ToLowerInvariant();
}
