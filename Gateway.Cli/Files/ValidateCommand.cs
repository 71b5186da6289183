using System.CommandLine;
using System.Text.Json.Nodes;
using Gateway.Cli.Invocation;
using Gateway.Configuration;

namespace Gateway.Cli.Files;

internal sealed class ValidateCommand : FileCommand
{
    private readonly Argument<string> _file = CreateFileArgument();
    private readonly Option<bool> _form = new("--without-secrets") { Description = "Looks at the form only: for places where the variables are not set." };
    private readonly Option<bool> _schema = new("--schema") { Description = "Prints the JSON schema of such files instead." };

    public ValidateCommand(CommandLine line)
        : base("validate", "Checks a configuration file and names all that is wrong with it. Needs no gateway.", line)
    {
        Add(_file);
        Add(_form);
        Add(_schema);
        Examples = ["gateway validate", "gateway validate deploy/gateway.yaml --without-secrets --json", "gateway validate --schema > gateway.schema.json"];
    }

    protected override async Task<int> RunWithFileAsync(CommandRun run, CancellationToken cancellationToken)
    {
        if (run.Get(_schema))
        {
            run.Report.WriteJson(JsonNode.Parse(GatewayFile.Schema));
            return ExitCodes.Done;
        }

        var name = run.Get(_file)!;
        var file = await LoadAsync(run, name, !run.Get(_form), cancellationToken);
        var faults = file.Validate();
        if (run.Report.IsJson)
        {
            run.Report.WriteJson(new JsonObject { ["valid"] = faults.Count == 0, ["file"] = file.Path, ["faults"] = Faults.ToJson(faults) });
        }
        else if (faults.Count == 0)
        {
            run.Report.WriteLine($"{name}: good");
        }
        else
        {
            foreach (var fault in faults)
            {
                // As compilers say it, so that editors find the place.
                run.Report.WriteLine($"{name}:{fault}");
            }
        }

        return faults.Count == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }
}
