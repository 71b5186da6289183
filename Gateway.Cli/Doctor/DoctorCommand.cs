using System.CommandLine;
using System.Text.Json.Nodes;
using Gateway.Cli.Invocation;
using Gateway.Cli.Output;
using Spectre.Console;

namespace Gateway.Cli.Doctor;

/// <summary>Looks at everything that a gateway needs, and says what to do about what is not well.</summary>
internal sealed class DoctorCommand : CliCommand
{
    private readonly Option<string?> _data = new("--data") { Description = "The data directory of the gateway.", HelpName = "DIR" };
    private readonly Option<string?> _config = new("--config") { Description = "The configuration file (gateway.yaml, if there is one here).", HelpName = "FILE" };
    private readonly Option<bool> _call = new("--call") { Description = "Also calls a model of each provider, for one token: this may cost something." };

    public DoctorCommand(CommandLine line)
        : base("doctor", "Checks the machine, the settings, the gateway and each of its providers. Spends nothing without --call.", line)
    {
        Add(_data);
        Add(_config);
        Add(_call);
        Examples = ["gateway doctor", "gateway doctor --call", "gateway doctor --json | jq '.checks[] | select(.verdict != \"ok\")'"];
    }

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        await foreach (var finding in CheckAsync(run, cancellationToken))
        {
            findings.Add(finding);
            if (!run.Report.IsJson)
            {
                Show(run.Report, finding);
            }
        }

        var worst = findings.Max(finding => finding.Verdict);
        if (run.Report.IsJson)
        {
            run.Report.WriteJson(new JsonObject
            {
                ["verdict"] = NameOf(worst),
                ["checks"] = new JsonArray([.. findings.Select(ToJson)]),
            });
        }
        else
        {
            run.Report.WriteLine(worst switch
            {
                Verdict.Ok => "All is well.",
                Verdict.Warn => "It works; see the warnings.",
                _ => "Something must be put right.",
            });
        }

        return worst == Verdict.Fail ? ExitCodes.Failed : ExitCodes.Done;
    }

    private async IAsyncEnumerable<Finding> CheckAsync(CommandRun run, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return MachineChecks.Program();
        yield return MachineChecks.Data(run, run.Get(_data));
        yield return FileChecks.Configuration(run, run.Get(_config));
        yield return FileChecks.ProviderKeys(run);
        yield return await MachineChecks.TelemetryAsync(run, cancellationToken);
        await foreach (var finding in GatewayChecks.RunAsync(run, run.Get(_call), cancellationToken))
        {
            yield return finding;
        }
    }

    private static void Show(Report report, Finding finding)
    {
        var colour = finding.Verdict switch
        {
            Verdict.Ok => Color.Green,
            Verdict.Warn => Color.Yellow,
            _ => Color.Red,
        };
        report.WriteMark(NameOf(finding.Verdict).PadRight(4), colour, $"  {finding.Check}: {Cells.Clean(finding.Message)}");
        if (finding.Advice is { } advice)
        {
            report.WriteLine($"        {Cells.Clean(advice)}");
        }
    }

    private static JsonObject ToJson(Finding finding) => new()
    {
        ["check"] = finding.Check,
        ["verdict"] = NameOf(finding.Verdict),
        ["message"] = finding.Message,
        ["advice"] = finding.Advice,
    };

    private static string NameOf(Verdict verdict) => verdict switch
    {
        Verdict.Ok => "ok",
        Verdict.Warn => "warn",
        _ => "fail",
    };
}
