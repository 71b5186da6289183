using System.CommandLine;
using Gateway.Cli.Invocation;
using Gateway.Configuration;
using Gateway.Configuration.Plans;

namespace Gateway.Cli.Files;

internal sealed class PlanCommand : FileCommand
{
    private readonly Argument<string> _file = CreateFileArgument();
    private readonly PlanExtent _extent = new();

    public PlanCommand(CommandLine line)
        : base("plan", "Shows what would change so that the gateway has what the file says. Exit code 2 if anything would.", line)
    {
        Add(_file);
        _extent.AddTo(this);
        Examples = ["gateway plan", "gateway plan deploy/gateway.yaml --prune", "gateway plan --json | jq '.changes | length'"];
    }

    protected override async Task<int> RunWithFileAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var file = await LoadAsync(run, run.Get(_file)!, resolves: true, cancellationToken);
        using var gateway = run.ConnectAsAdmin();
        var plan = await ConfigurationPlan.MakeAsync(gateway.Http, file, _extent.Read(run), run.Surroundings.Time, cancellationToken);
        if (run.Report.IsJson)
        {
            run.Report.WriteJson(PlanText.ToJson(plan));
        }
        else
        {
            PlanText.Write(run.Report, plan);
        }

        return plan.Faults.Count > 0 ? ExitCodes.Failed : plan.IsEmpty ? ExitCodes.Done : ExitCodes.Changes;
    }
}

/// <summary>How far a plan may go beyond what belongs to the file.</summary>
internal sealed class PlanExtent
{
    private readonly Option<bool> _takeOver = new("--take-over") { Description = "What differs becomes the file's, whoever made it." };
    private readonly Option<bool> _prune = new("--prune") { Description = "What is not in the file goes, whoever made it: of those sections that the file has." };

    public void AddTo(Command command)
    {
        command.Add(_takeOver);
        command.Add(_prune);
    }

    public PlanOptions Read(CommandRun run) => new() { TakesOver = run.Get(_takeOver), Prunes = run.Get(_prune) };
}
