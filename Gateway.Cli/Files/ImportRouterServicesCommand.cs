using System.CommandLine;
using Gateway.Cli.Invocation;
using Gateway.Configuration;

namespace Gateway.Cli.Files;

internal sealed class ImportRouterServicesCommand : FileCommand
{
    private const string Variable = "ROUTER_SERVICES";

    private readonly Argument<string?> _file = new("FILE") { Description = $"A file with the JSON ({Variable} of the environment).", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string[]> _models = new("--model") { Description = "A model name that clients use: all services serve it, in their order. Can be repeated.", HelpName = "NAME" };
    private readonly OutputFile _output = new();

    public ImportRouterServicesCommand(CommandLine line)
        : base("router-services", $"Turns the services of {Variable} into a gateway.yaml. Says what could not be carried over.", line)
    {
        Add(_file);
        Add(_models);
        _output.AddTo(this);
        Examples = ["gateway import router-services --model llama-3.3-70b --output gateway.yaml", "gateway import router-services services.json --json"];
    }

    protected override async Task<int> RunWithFileAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var json = run.Get(_file) is { } file
            ? await File.ReadAllTextAsync(run.ToPath(file), cancellationToken)
            : run.Surroundings.Variable(Variable) ?? throw new CommandException($"{Variable} is not set.", "Set it, or name a file with its JSON.", ExitCodes.Usage);
        return await Imported.WriteAsync(run, RouterServicesImport.Read(json, run.Get(_models)), _output, cancellationToken);
    }
}
