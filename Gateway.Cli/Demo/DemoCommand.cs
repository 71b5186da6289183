using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Gateway.Cli.Invocation;
using Gateway.Cli.Output;

namespace Gateway.Cli.Demo;

/// <summary>Traffic of every kind, so that the log, the statistics and every chart have something to show.</summary>
internal sealed class DemoCommand : CliCommand
{
    private readonly Option<int?> _calls = new("--calls") { Description = "How many calls (200, unless --seconds says when to end).", HelpName = "N" };
    private readonly Option<int?> _seconds = new("--seconds") { Description = "For how long.", HelpName = "N" };
    private readonly Option<int> _parallel = new("--parallel") { Description = "Calls at the same time (8).", HelpName = "N", DefaultValueFactory = _ => 8 };
    private readonly Option<int?> _seed = new("--seed") { Description = "The same seed makes the same calls.", HelpName = "N" };
    private readonly Option<string?> _data = new("--data") { Description = "Where a gateway that this starts keeps its data; else it is gone afterwards.", HelpName = "DIR" };
    private readonly Option<bool> _exit = new("--exit") { Description = "Ends a gateway that this has started when the calls are done." };

    public DemoCommand(CommandLine line)
        : base("demo", "Makes calls of every kind to the built-in simulated provider: no provider key, no cost. Starts a gateway if none runs.", line)
    {
        foreach (var option in (Option[])[_calls, _seconds, _parallel, _seed, _data, _exit])
        {
            Add(option);
        }

        foreach (var option in (Option<int?>[])[_calls, _seconds])
        {
            option.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<int?>() < 1)
                {
                    result.AddError($"{option.Name} must be at least 1.");
                }
            });
        }

        _parallel.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 256)
            {
                result.AddError("--parallel must be from 1 to 256.");
            }
        });
        Examples = ["gateway demo", "gateway demo --seconds 60 --parallel 32", "gateway demo --calls 50 --json"];
    }

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        await using var session = await DemoSession.OpenAsync(run, run.Get(_data), cancellationToken);
        var callers = await DemoCallers.PrepareAsync(session.Gateway, session.VirtualKey, cancellationToken);
        var tag = $"demo-{Guid.NewGuid().ToString("N")[..8]}";
        var script = new DemoScript(callers, run.Get(_seed) is { } seed ? new Random(seed) : new Random());
        var length = new DemoLength(run.Get(_calls) ?? (run.Get(_seconds) is null ? 200 : int.MaxValue), run.Get(_seconds), run.Surroundings.Time);
        var tally = await run.Report.RunWithProgressAsync(
            "Calls", progress => new DemoTraffic(session.Gateway, tag).RunAsync(script, length, run.Get(_parallel), progress, cancellationToken));
        var books = callers.IsAdmin ? await DemoBooks.ReadAsync(session.Gateway, tag, tally.Recorded, run.Surroundings.Time, cancellationToken) : null;

        if (run.Report.IsJson)
        {
            run.Report.WriteJson(ToJson(tally, length, books, tag, session.Gateway.Url));
        }
        else
        {
            Show(run.Report, tally, length, books, tag, session.Gateway.Url);
            if (session.Hosted is { } hosted && !run.Get(_exit))
            {
                run.Report.WriteLine();
                run.Report.WriteLine($"The gateway runs at {session.Gateway.Url} until Ctrl-C. For another terminal:");
                run.Report.WriteLine($"  export {GlobalOptions.AdminKeyVariable}={hosted.AdminKey}");
                await Task.WhenAny(hosted.Completion, Task.Delay(Timeout.Infinite, cancellationToken));
            }
        }

        return tally.Statuses.ContainsKey(200) ? ExitCodes.Done : throw new CommandException(
            $"No call was answered: {string.Join(", ", tally.Statuses.Select(status => $"{status.Value} × {status.Key}"))}.", "'gateway doctor' looks for the reason.");
    }

    private static void Show(Report report, DemoTally tally, DemoLength length, JsonNode? books, string tag, string url)
    {
        report.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{tally.Calls} calls in {length.Elapsed.TotalSeconds:0.0} s, {tally.Calls / length.Elapsed.TotalSeconds:0} a second"));
        report.WriteLine();
        var statuses = new Table(new("STATUS"), new("CALLS", IsNumber: true));
        foreach (var (status, count) in tally.Statuses)
        {
            statuses.Add(status == DemoTally.Left ? "left" : status.ToString(CultureInfo.InvariantCulture), count.ToString(CultureInfo.InvariantCulture));
        }

        report.WriteTable(statuses);
        report.WriteLine();
        var kinds = new Table(new("KIND"), new("CALLS", IsNumber: true));
        foreach (var (kind, count) in tally.Kinds)
        {
            kinds.Add(kind, count.ToString(CultureInfo.InvariantCulture));
        }

        report.WriteTable(kinds);
        report.WriteLine();
        if (books is not null)
        {
            report.WriteLine(
                $"In the books: {Cells.Count(books["requests"])} calls, {Cells.Count(books["prompt_tokens"])} tokens in, {Cells.Count(books["completion_tokens"])} out, {Cells.Usd(books["cost"])}");
        }

        report.WriteLine($"The log:       gateway logs --where tag={tag}");
        report.WriteLine($"               {LogUrl(url, tag)}");
        report.WriteLine($"The sums:      gateway usage --group-by project,key --where tag={tag}");
        report.WriteLine($"               {UsageUrl(url, tag)}");
    }

    private static JsonObject ToJson(DemoTally tally, DemoLength length, JsonNode? books, string tag, string url) => new()
    {
        ["calls"] = tally.Calls,
        ["seconds"] = Math.Round(length.Elapsed.TotalSeconds, 3),
        ["statuses"] = new JsonObject(tally.Statuses.Where(status => status.Key != DemoTally.Left)
            .Select(status => KeyValuePair.Create(status.Key.ToString(CultureInfo.InvariantCulture), (JsonNode?)status.Value))),
        ["left"] = tally.Statuses.GetValueOrDefault(DemoTally.Left),
        ["kinds"] = new JsonObject(tally.Kinds.Select(kind => KeyValuePair.Create(kind.Key, (JsonNode?)kind.Value))),
        ["books"] = books?.DeepClone(),
        ["tag"] = tag,
        ["logs_url"] = LogUrl(url, tag),
        ["usage_url"] = UsageUrl(url, tag),
    };

    private static string LogUrl(string url, string tag) => $"{url}/admin/logs?tag={tag}";

    private static string UsageUrl(string url, string tag) => $"{url}/admin/usage?group_by=model&tag={tag}";
}
