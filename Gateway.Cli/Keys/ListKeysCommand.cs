using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Gateway.Cli.Connection;
using Gateway.Cli.Invocation;
using Gateway.Cli.Output;

namespace Gateway.Cli.Keys;

internal sealed class ListKeysCommand : CliCommand
{
    private readonly Option<string?> _project = new("--project") { Description = "Keys of this project, by its name or id.", HelpName = "PROJECT" };
    private readonly Option<string?> _prefix = new("--name") { Description = "Keys whose names begin so.", HelpName = "START" };
    private readonly Option<bool> _revoked = new("--revoked") { Description = "Shows revoked keys too." };
    private readonly Option<int> _limit = new("--limit") { Description = "How many at most (50; up to 200).", HelpName = "N", DefaultValueFactory = _ => 50 };
    private readonly Option<int> _offset = new("--offset") { Description = "How many to leave out first.", HelpName = "N", DefaultValueFactory = _ => 0 };

    public ListKeysCommand(CommandLine line)
        : base("list", "Lists virtual keys with their budgets and what they have used.", line)
    {
        Add(_project);
        Add(_prefix);
        Add(_revoked);
        Add(_limit);
        Add(_offset);
        Examples = ["gateway keys list", "gateway keys list --project search --json"];
    }

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        using var gateway = run.ConnectAsAdmin();
        var project = run.Get(_project) is { } name ? await Projects.FindAsync(gateway, name, cancellationToken) : null;
        var page = await gateway.GetAsync(
            QueryText.Add(
                "/admin/keys",
                ("project_id", project),
                ("name_prefix", run.Get(_prefix)),
                ("include_revoked", run.Get(_revoked) ? "true" : null),
                ("limit", run.Get(_limit).ToString(CultureInfo.InvariantCulture)),
                ("offset", run.Get(_offset).ToString(CultureInfo.InvariantCulture))),
            cancellationToken);
        if (run.Report.IsJson)
        {
            run.Report.WriteJson(page);
            return ExitCodes.Done;
        }

        var keys = page["data"]!.AsArray();
        var table = new Table(
            new("NAME"), new("PREFIX"), new("STATUS"), new("BUDGET", IsNumber: true), new("PERIOD"), new("USED", IsNumber: true), new("REQUESTS", IsNumber: true), new("LAST USED"), new("ID"));
        foreach (var key in keys)
        {
            table.Add(
                Cells.Text(key!["name"]),
                Cells.Text(key["key_prefix"]),
                Cells.Text(key["status"]),
                Cells.Usd(key["budget_limit"]),
                Cells.Text(key["budget_period"]),
                Cells.Usd(key["current_usage"]),
                Cells.Count(key["total_requests"]),
                Cells.Time(key["last_used_at"]),
                Cells.Text(key["id"]));
        }

        run.Report.WriteTable(table);
        SayHowMany(run, keys.Count, page["total"]);
        return ExitCodes.Done;
    }

    private void SayHowMany(CommandRun run, int shown, JsonNode? total)
    {
        var next = run.Get(_offset) + shown;
        if (total?.GetValue<long>() is { } all && next < all)
        {
            run.Report.Note(string.Create(CultureInfo.InvariantCulture, $"{shown} of {all} keys; the next ones: --offset {next}"));
        }
    }
}
