using System.CommandLine;
using Gateway.Cli.Output;

namespace Gateway.Cli.Invocation;

/// <summary>One line that somebody has typed: where, and with which options of all commands.</summary>
internal sealed class CommandLine(Surroundings surroundings)
{
    public Surroundings Surroundings => surroundings;

    public GlobalOptions Options { get; } = new();

    public Report CreateReport(ParseResult result) => new(surroundings, result.GetValue(Options.Json));
}
