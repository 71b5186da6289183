using System.CommandLine;
using System.Text.Json.Nodes;
using Gateway.Cli.Invocation;
using Gateway.Cli.Output;
using Gateway.Cli.Serving;
using Gateway.Standalone;
using ServiceDefaults.Audit;
using ServiceDefaults.Hosting;
using ServiceDefaults.Settings;

namespace Gateway.Cli.Audit;

/// <summary>Whether the audit log is as it was written: asked of a gateway that runs, or of the files of one that does not.</summary>
internal sealed class VerifyAuditCommand : CliCommand
{
    private readonly Option<string?> _data = new("--data") { Description = "Reads the files of a gateway that does not run.", HelpName = "DIR" };

    public VerifyAuditCommand(CommandLine line)
        : base("verify", "Verifies the seals of the audit log. Exit code 1 if anything is not as it was written.", line)
    {
        Add(_data);
        Examples = ["gateway audit verify", "gateway audit verify --data /var/lib/gateway --json"];
    }

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        if (run.Get(_data) is { } data)
        {
            return await StandaloneHost.RunAsync(
                [HostedGateway.ApplicationName, AuditCommand.Argument, $"--{DataDirectory.Name}={run.ToPath(data)}", "--Logging:LogLevel:Default=Error"],
                new HostConsole(run.Surroundings.Output, run.Surroundings.Error, run.Report.IsJson));
        }

        using var gateway = run.ConnectAsAdmin();
        var report = await gateway.GetAsync("/admin/audit-logs/verify", cancellationToken);
        var isValid = report["valid"]?.GetValue<bool>() == true;
        if (run.Report.IsJson)
        {
            run.Report.WriteJson(report);
        }
        else
        {
            WriteChains(run.Report, report["chains"]!.AsArray());
            run.Report.WriteLine(isValid ? "audit log: good" : "audit log: NOT GOOD");
        }

        return isValid ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static void WriteChains(Report report, JsonArray chains)
    {
        var table = new Table(new Column("CHAIN"), new Column("PLACE"), new Column("GOOD ROWS", IsNumber: true), new Column("PROBLEM"));
        foreach (var chain in chains)
        {
            table.Add(Cells.Text(chain!["chain"]), Cells.Text(chain["place"]), Cells.Count(chain["rows"]), Cells.Text(chain["problem"]));
        }

        report.WriteTable(table);
    }
}
