using System.CommandLine;
using System.Globalization;
using Gateway.Cli.Invocation;
using Gateway.Standalone;
using ServiceDefaults.Hosting;
using ServiceDefaults.Settings;

namespace Gateway.Cli.Serving;

/// <summary>The gateway itself, in this process.</summary>
internal sealed class ServeCommand : CliCommand
{
    private readonly Option<string?> _config = new("--config") { Description = "The file that says what the gateway has: gateway.yaml.", HelpName = "FILE" };
    private readonly Option<int?> _port = new("--port") { Description = "Listens on this port of this machine only (8080).", HelpName = "PORT" };
    private readonly Option<string?> _data = new("--data") { Description = "Databases and key files.", HelpName = "DIR" };

    public ServeCommand(CommandLine line)
        : base("serve", "Runs the gateway. Every setting of it is an argument too: --Name:Of:Setting=value.", line)
    {
        Add(_config);
        Add(_port);
        Add(_data);
        TreatUnmatchedTokensAsErrors = false;
        Examples =
        [
            "gateway serve",
            "gateway serve --config gateway.yaml",
            "gateway serve --urls http://0.0.0.0:8080 --data /var/lib/gateway",
            "gateway serve --Usage:RetentionDays=30",
        ];
    }

    protected override Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        if (run.GivenGatewayOptions.ToList() is { Count: > 0 } options)
        {
            throw new CommandException(
                $"'serve' runs a gateway here, and takes no {string.Join(", ", options)}: those lead to one that runs.",
                "Where it listens is --port or --urls; its admin key is the variable Gateway__AdminKey.",
                ExitCodes.Usage);
        }

        RequireSettings(run.UnmatchedTokens);
        List<string> settings = [HostedGateway.ApplicationName];
        if (run.Get(_config) is { } config)
        {
            var path = run.ToPath(config);
            if (!File.Exists(path))
            {
                throw new CommandException($"There is no file '{path}'.", "'gateway init' writes one.", ExitCodes.Usage);
            }

            settings.Add($"--{HostedGateway.ConfigFile}={path}");
        }

        if (run.Get(_port) is { } port)
        {
            settings.Add(string.Create(CultureInfo.InvariantCulture, $"--urls=http://localhost:{port}"));
        }

        if (run.Get(_data) is { } data)
        {
            settings.Add($"--{DataDirectory.Name}={run.ToPath(data)}");
        }

        return StandaloneHost.RunAsync(
            [.. settings, .. run.UnmatchedTokens], new HostConsole(run.Surroundings.Output, run.Surroundings.Error, run.Report.IsJson));
    }

    /// <summary>The gateway would take no notice of a word that is no setting.</summary>
    private static void RequireSettings(IReadOnlyList<string> tokens)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            if (!tokens[i].StartsWith("--", StringComparison.Ordinal))
            {
                throw new CommandException($"'{tokens[i]}' is no setting.", "Settings are --name value or --name=value.", ExitCodes.Usage);
            }

            if (!tokens[i].Contains('=', StringComparison.Ordinal) && ++i == tokens.Count)
            {
                throw new CommandException($"'{tokens[^1]}' has no value.", "Settings are --name value or --name=value.", ExitCodes.Usage);
            }
        }
    }
}
