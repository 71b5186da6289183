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

    /// <summary>How long a gateway is waited for.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a model is waited for, which may have to be loaded first.</summary>
    public TimeSpan ModelPatience { get; init; } = TimeSpan.FromSeconds(120);

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
        var variables = new Lazy<Func<string, string?>>(() =>
        {
            var configuration = new ConfigurationManager();
            configuration.AddEnvironmentVariables();
            configuration.AddEnvFile();
            return EnvFile.Variables(configuration);
        });

        // A directory of somebody else's must not say where keys are sent.
        return name => (name == GlobalOptions.UrlVariable
            ? Environment.GetEnvironmentVariable(name) : variables.Value(name)) is { Length: > 0 } value
            ? value
            : null;
    }
}
