using Gateway.Cli.Invocation;

namespace Gateway.Cli.Connection;

/// <summary>Filters of the API as somebody types them.</summary>
internal static class Filters
{
    public static IEnumerable<(string Name, string? Value)> Read(string option, string[]? filters) => (filters ?? []).Select(filter
        => filter.Split('=', 2) is [{ Length: > 0 } name, var value]
            ? (name, (string?)value)
            : throw new CommandException($"{option} '{filter}' is no filter.", $"Write it as {option} name=value.", ExitCodes.Usage));
}
