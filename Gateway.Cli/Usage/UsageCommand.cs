using System.CommandLine;
using System.Text.Json.Nodes;
using Gateway.Cli.Connection;
using Gateway.Cli.Invocation;
using Gateway.Cli.Output;

namespace Gateway.Cli.Usage;

/// <summary>What was used and what it cost, by what one likes.</summary>
internal sealed class UsageCommand : CliCommand
{
    private readonly Option<string?> _groupBy = new("--group-by")
    {
        Description = "Up to four of key, project, provider, model, alias, status, tag, …, and one of day, hour (model).", HelpName = "NAMES", DefaultValueFactory = _ => "model",
    };

    private readonly Option<string?> _since = new("--since") { Description = "From 12h or 30d ago (30d), or from a time.", HelpName = "WHEN" };
    private readonly Option<string?> _until = new("--until") { Description = "Until then.", HelpName = "WHEN" };
    private readonly Option<string[]> _where = new("--where") { Description = "A filter of GET /admin/usage: project=shop. Can be repeated.", HelpName = "NAME=VALUE" };

    public UsageCommand(CommandLine line)
        : base("usage", "Sums of calls, tokens and dollars.", line)
    {
        Add(_groupBy);
        Add(_since);
        Add(_until);
        Add(_where);
        Examples = ["gateway usage", "gateway usage --group-by key,day --since 7d", "gateway usage --group-by model --where project=shop --json"];
    }

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        using var gateway = run.ConnectAsAdmin();
        var path = QueryText.Add(
            "/admin/usage",
            [
                ("group_by", run.Get(_groupBy)),
                ("from", run.Get(_since) is { } since ? Moments.Before(run.Surroundings.Time, "--since", since) : null),
                ("to", run.Get(_until) is { } until ? Moments.Before(run.Surroundings.Time, "--until", until) : null),
                .. Filters.Read("--where", run.Get(_where)),
            ]);
        var usage = await gateway.GetAsync(path, cancellationToken);
        if (run.Report.IsJson)
        {
            run.Report.WriteJson(usage);
            return ExitCodes.Done;
        }

        var table = CreateTable(usage["group_by"]!.AsArray());
        foreach (var row in usage["data"]!.AsArray())
        {
            table.Add([.. usage["group_by"]!.AsArray().Select(name => GroupOf(row!, Cells.Text(name))), .. Sums(row!)]);
        }

        table.Add([.. usage["group_by"]!.AsArray().Select((_, index) => index == 0 ? "total" : ""), .. Sums(usage["totals"]!)]);
        run.Report.WriteTable(table);
        if (usage["totals"]!["unpriced"]?.GetValue<long>() > 0)
        {
            run.Report.Warn($"{Cells.Count(usage["totals"]!["unpriced"])} calls have no price: the cost is a lower bound.");
        }

        return ExitCodes.Done;
    }

    private static Table CreateTable(JsonArray groups) => new(
    [
        .. groups.Select(name => new Column(Cells.Text(name).ToUpperInvariant())),
        new Column("REQUESTS", IsNumber: true),
        new Column("ERRORS", IsNumber: true),
        new Column("IN", IsNumber: true),
        new Column("OUT", IsNumber: true),
        new Column("COST", IsNumber: true),
        new Column("P50", IsNumber: true),
        new Column("P95", IsNumber: true),
    ]);

    /// <summary>A project or a key by its name, where it has one: a row has one name, of both the project's.</summary>
    private static string GroupOf(JsonNode row, string name)
        => (name == "project" || (name == "key" && !row["groups"]!.AsObject().ContainsKey("project"))) && row["name"] is { } called
            ? Cells.Text(called)
            : Cells.Text(row["groups"]![name]);

    private static IReadOnlyList<string> Sums(JsonNode row) =>
    [
        Cells.Count(row["requests"]),
        Cells.Count(row["errors"]),
        Cells.Count(row["prompt_tokens"]),
        Cells.Count(row["completion_tokens"]),
        Cells.Usd(row["cost"]),
        Cells.Milliseconds(row["latency_ms"]?["p50"]),
        Cells.Milliseconds(row["latency_ms"]?["p95"]),
    ];
}
