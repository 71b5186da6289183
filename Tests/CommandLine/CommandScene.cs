using System.Text.Json.Nodes;
using Gateway.Cli;
using Gateway.Cli.Invocation;
using Tests.TestKit;
using Tests.TestKit.Topologies;

namespace Tests.CommandLine;

/// <summary>Somebody at a command line, with variables of his own and nobody else's.</summary>
internal sealed record CommandScene
{
    public Dictionary<string, string> Variables { get; init; } = new(StringComparer.Ordinal);

    public string Directory { get; init; } = Path.GetTempPath();

    public bool IsTerminal { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>With gateways and models alike.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The administrator of a gateway, who also has a virtual key.</summary>
    public static CommandScene Of(IGateway gateway) => new()
    {
        Variables =
        {
            ["GATEWAY_URL"] = gateway.EdgeUrl.AbsoluteUri, ["GATEWAY_ADMIN_KEY"] = gateway.AdminKey, ["GATEWAY_KEY"] = gateway.DevelopmentKey,
        },
    };

    public async Task<Said> RunAsync(params IReadOnlyList<string> arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await GatewayCommand.RunAsync(
            arguments,
            new Surroundings
            {
                Output = output,
                Error = error,
                Variable = Variables.GetValueOrDefault,
                Directory = Directory,
                IsTerminal = IsTerminal,
                Time = Time,
                Patience = Patience,
                ModelPatience = Patience,
            },
            TimeLimit.Token());
        return new Said(exitCode, output.ToString(), error.ToString());
    }
}

/// <summary>What a command has said, and how it ended.</summary>
internal sealed record Said(int ExitCode, string Output, string Error)
{
    public JsonNode Json => JsonNode.Parse(Output) ?? throw new InvalidDataException("The output is null.");

    public JsonNode ErrorJson => JsonNode.Parse(Error)!["error"]!;

    public string All => Output + Error;
}
