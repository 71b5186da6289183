using Microsoft.Extensions.Configuration;
using ServiceDefaults.Settings;

namespace Gateway.Cli.Invocation;

/// <summary>What is around a command: a terminal or a pipe, the environment, the directory, the clock.</summary>
internal sealed record Surroundings
{
    public required TextWriter Output { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>An environment variable, or one of the file <c>.env</c> here; null where it is not set.</summary>
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
        Variable = CreateVariables(),
        Directory = Environment.CurrentDirectory,
        IsTerminal = !Console.IsOutputRedirected,
        IsErrorTerminal = !Console.IsErrorRedirected,
    };

    private static Func<string, string?> CreateVariables()
    {
        // Read when it is first wanted, so that a bad one is the command's to report.
        var file = new Lazy<IConfiguration>(() =>
        {
            var configuration = new ConfigurationManager();
            configuration.AddEnvironmentVariables();
            configuration.AddEnvFile();
            return configuration;
        });

        // A directory of somebody else's must not say where keys are sent.
        return name => (name == GlobalOptions.UrlVariable ? Environment.GetEnvironmentVariable(name) : file.Value[name.Replace("__", ":", StringComparison.Ordinal)]) is { Length: > 0 } value
            ? value
            : null;
    }
}
