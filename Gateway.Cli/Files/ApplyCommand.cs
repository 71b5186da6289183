using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Gateway.Cli.Invocation;
using Gateway.Cli.Output;
using Gateway.Configuration;
using Gateway.Configuration.Plans;

namespace Gateway.Cli.Files;

internal sealed class ApplyCommand : FileCommand
{
    private readonly Argument<string> _file = CreateFileArgument();
    private readonly PlanExtent _extent = new();

    public ApplyCommand(CommandLine line)
        : base("apply", "Makes the gateway have what the file says. Stops at the first change that fails; applying again does the rest.", line)
    {
        Add(_file);
        _extent.AddTo(this);
        Examples = ["gateway apply", "gateway apply deploy/gateway.yaml --take-over --json"];
    }

    protected override async Task<int> RunWithFileAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var file = await LoadAsync(run, run.Get(_file)!, resolves: true, cancellationToken);
        using var gateway = run.ConnectAsAdmin();
        var plan = await ConfigurationPlan.MakeAsync(gateway.Http, file, _extent.Read(run), run.Surroundings.Time, cancellationToken);
        var result = await run.Report.RunWithProgressAsync(
            "Changes", progress => plan.ApplyAsync(gateway.Http, new Steps(progress), cancellationToken));
        if (run.Report.IsJson)
        {
            run.Report.WriteJson(new JsonObject
            {
                ["applied"] = PlanText.ToJson(result.Applied),
                ["failed"] = result.Failed is null ? null : PlanText.ToJson(result.Failed),
                ["remaining"] = PlanText.ToJson(result.Remaining),
                ["restart_notes"] = new JsonArray([.. plan.RestartNotes.Select(note => JsonValue.Create(note))]),
            });
        }
        else
        {
            foreach (var change in result.Applied)
            {
                run.Report.WriteLine($"done: {Cells.Clean(change.ToString())}");
            }

            foreach (var note in plan.RestartNotes)
            {
                run.Report.WriteLine($"note: {Cells.Clean(note)}");
            }

            run.Report.WriteLine(result.Applied.Count == 0 && result.IsComplete ? "The gateway is as the file says." : Sum(result));
        }

        return result.IsComplete ? ExitCodes.Done : throw new CommandException(
            $"{result.Failed} failed: {result.Fault}", "What was done stays. Put it right and apply again: the rest is done then.");
    }

    private static string Sum(ApplyResult result)
        => string.Create(CultureInfo.InvariantCulture, $"{result.Applied.Count} done, {(result.IsComplete ? 0 : 1)} failed, {result.Remaining.Count} left");

    /// <summary>Told as it happens, and not by another thread later.</summary>
    private sealed class Steps(IProgress<double> progress) : IProgress<ApplyProgress>
    {
        public void Report(ApplyProgress value) => progress.Report(value.Total == 0 ? 1 : (double)value.Done / value.Total);
    }
}
