using Gateway.Cli.Invocation;
using Gateway.Configuration;

namespace Gateway.Cli.Files;

internal sealed class ExportCommand : FileCommand
{
    private readonly OutputFile _output = new();

    public ExportCommand(CommandLine line)
        : base("export", "Writes what a gateway has as a file that makes another one like it. No secret is in it.", line)
    {
        _output.AddTo(this);
        Examples = ["gateway export > gateway.yaml", "gateway export --output gateway.yaml --force"];
    }

    protected override async Task<int> RunWithFileAsync(CommandRun run, CancellationToken cancellationToken)
    {
        using var gateway = run.ConnectAsAdmin();
        using var yaml = new StringWriter();
        await ConfigurationExport.WriteAsync(gateway.Http, yaml, timeProvider: run.Surroundings.Time, cancellationToken: cancellationToken);
        await _output.WriteAsync(run, yaml.ToString(), [], cancellationToken);
        return ExitCodes.Done;
    }
}
