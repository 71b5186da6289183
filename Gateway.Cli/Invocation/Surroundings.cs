namespace Gateway.Cli.Invocation;

/// <summary>What is around a command: a terminal or a pipe, the environment, the directory, the clock.</summary>
internal sealed record Surroundings
{
    public required TextWriter Output { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>An environment variable; null where it is not set.</summary>
    public required Func<string, string?> Variable { get; init; }

    public required string Directory { get; init; }

    /// <summary>Whether a person reads the output: colours, and lines that fit.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>Whether a person reads the errors, and sees progress there.</summary>
    public bool IsErrorTerminal { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public static Surroundings OfProcess() => new()
    {
        Output = Console.Out,
        Error = Console.Error,
        Variable = name => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null,
        Directory = Environment.CurrentDirectory,
        IsTerminal = !Console.IsOutputRedirected,
        IsErrorTerminal = !Console.IsErrorRedirected,
    };
}
