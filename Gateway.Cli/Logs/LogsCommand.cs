using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Gateway.Cli.Connection;
using Gateway.Cli.Invocation;
using Gateway.Cli.Output;

namespace Gateway.Cli.Logs;

/// <summary>The request log: its newest rows, one call, or what comes from now on.</summary>
internal sealed class LogsCommand : CliCommand
{
    private readonly Argument<string?> _id = new("REQUEST") { Description = "One call with all that is known of it.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> _follow = new("--follow", "-f") { Description = "Shows calls as they come, until Ctrl-C." };
    private readonly Option<int?> _count = new("--limit", "-n") { Description = "How many (20; with --follow: ends after so many).", HelpName = "N" };
    private readonly LogFilters _filters = new();

    public LogsCommand(CommandLine line)
        : base("logs", "Shows calls: who, which model, what it cost.", line)
    {
        Add(_id);
        Add(_follow);
        Add(_count);
        _filters.AddTo(this);
        Examples =
        [
            "gateway logs --since 1h --errors",
            "gateway logs --follow --where key=ci-bot",
            "gateway logs --follow --json | jq -c '{model: .requested_model, cost}'",
            "gateway logs req_0123456789",
        ];
    }

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        using var gateway = run.ConnectAsAdmin();
        if (run.Get(_id) is { } id)
        {
            run.Report.WriteJson(await gateway.GetAsync($"/admin/logs/{Uri.EscapeDataString(id)}", cancellationToken));
            return ExitCodes.Done;
        }

        var filters = _filters.Read(run).ToList();
        if (run.Get(_follow))
        {
            return await FollowAsync(run, gateway, filters, cancellationToken);
        }

        var limit = (run.Get(_count) ?? 20).ToString(CultureInfo.InvariantCulture);
        var page = await gateway.GetAsync(QueryText.Add("/admin/logs", [.. filters, ("limit", limit)]), cancellationToken);
        if (run.Report.IsJson)
        {
            run.Report.WriteJson(page);
            return ExitCodes.Done;
        }

        var table = LogRow.CreateTable();
        foreach (var call in page["data"]!.AsArray())
        {
            table.Add(LogRow.Cells(call!));
        }

        run.Report.WriteTable(table);
        if (page["next"] is { } next)
        {
            run.Report.Note($"There are more: --where after={Cells.Text(next)}");
        }

        return ExitCodes.Done;
    }

    private async Task<int> FollowAsync(CommandRun run, GatewayClient gateway, List<(string Name, string? Value)> filters, CancellationToken cancellationToken)
    {
        var left = run.Get(_count) ?? int.MaxValue;
        var table = LogRow.CreateTable();
        if (!run.Report.IsJson)
        {
            run.Report.WriteTable(table);
        }

        var follower = new LogFollower(gateway, run.Report, run.Surroundings.Time);
        await foreach (var call in follower.RunAsync(filters, cancellationToken))
        {
            Write(run.Report, table, call);
            if (--left == 0)
            {
                break;
            }
        }

        return ExitCodes.Done;
    }

    private static void Write(Report report, Table table, JsonNode call)
    {
        if (report.IsJson)
        {
            report.WriteJsonLine(call);
        }
        else
        {
            report.WriteLine(table.Line(LogRow.Cells(call)));
        }
    }
}
