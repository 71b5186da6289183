using Gateway.Cli.Invocation;

namespace Gateway.Cli.Starting;

internal sealed class InitCommand : CliCommand
{
    public InitCommand(CommandLine line)
        : base("init", "Writes gateway.yaml and .env to begin with.", line)
        => Examples = ["gateway init"];

    protected override Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken) => Task.FromResult(0);
}
