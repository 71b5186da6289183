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

        Examples = ["gateway demo", "gateway demo --seconds 60 --parallel 32", "gateway demo --calls 50 --json"];
    }

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        RequireRange(_calls.Name, run.Get(_calls), int.MaxValue);
        RequireRange(_seconds.Name, run.Get(_seconds), 86_400);
        RequireRange(_parallel.Name, run.Get(_parallel), 256);
        await using var session = await DemoSession.OpenAsync(run, run.Get(_data), cancellationToken);
        var callers = await DemoCallers.PrepareAsync(session.Gateway, session.VirtualKey, cancellationToken);
        var endUser = $"demo-{Guid.NewGuid().ToString("N")[..8]}";
        var before = await DemoBooks.ReadAsync(session.Gateway, callers.Projects, cancellationToken);
        var script = new DemoScript(callers, endUser, run.Get(_seed) is { } seed ? new Random(seed) : new Random());
        var length = new DemoLength(run.Get(_calls) ?? (run.Get(_seconds) is null ? 200 : int.MaxValue), run.Get(_seconds), run.Surroundings.Time);
        var tally = await run.Report.RunWithProgressAsync(
            "Calls", progress => new DemoTraffic(session.Gateway).RunAsync(script, length, run.Get(_parallel), progress, cancellationToken));
        var books = callers.Projects.Count == 0
            ? null
            : await DemoBooks.ReadSinceAsync(before, session.Gateway, callers.Projects, tally.Recorded, run.Surroundings.Time, cancellationToken);

        if (run.Report.IsJson)
        {
            run.Report.WriteJson(ToJson(tally, length, books, endUser, session.Gateway.Url));
        }
        else
        {
            Show(run.Report, tally, length, books, endUser, session.Gateway.Url);
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

    private static void RequireRange(string option, int? value, int most)
    {
        if (value < 1 || value > most)
        {
            throw new CommandException($"{option} must be from 1 to {most}.", exitCode: ExitCodes.Usage);
        }
    }

    private static void Show(Report report, DemoTally tally, DemoLength length, DemoBooks? books, string endUser, string url)
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
                $"In the books: {Cells.Count(books.Requests)} calls, {Cells.Count(books.PromptTokens)} tokens in, {Cells.Count(books.CompletionTokens)} out, {Cells.Usd(books.Cost)}");
        }

        report.WriteLine($"The log:       gateway logs --where end_user={endUser}");
        report.WriteLine($"               {LogUrl(url, endUser)}");
        report.WriteLine($"The sums:      gateway usage --group-by key --since 1h");
        report.WriteLine($"               {UsageUrl(url)}");
    }

    private static JsonObject ToJson(DemoTally tally, DemoLength length, DemoBooks? books, string endUser, string url) => new()
    {
        ["calls"] = tally.Calls,
        ["seconds"] = Math.Round(length.Elapsed.TotalSeconds, 3),
        ["statuses"] = new JsonObject(tally.Statuses.Where(status => status.Key != DemoTally.Left)
            .Select(status => KeyValuePair.Create(status.Key.ToString(CultureInfo.InvariantCulture), (JsonNode?)status.Value))),
        ["left"] = tally.Statuses.GetValueOrDefault(DemoTally.Left),
        ["kinds"] = new JsonObject(tally.Kinds.Select(kind => KeyValuePair.Create(kind.Key, (JsonNode?)kind.Value))),
        ["books"] = books is null ? null : new JsonObject
        {
            ["requests"] = books.Requests,
            ["prompt_tokens"] = books.PromptTokens,
            ["completion_tokens"] = books.CompletionTokens,
            ["cost"] = books.Cost,
        },
        ["end_user"] = endUser,
        ["logs_url"] = LogUrl(url, endUser),
        ["usage_url"] = UsageUrl(url),
    };

    private static string LogUrl(string url, string endUser) => $"{url}/admin/logs?end_user={endUser}";

    private static string UsageUrl(string url) => $"{url}/admin/usage?group_by=project,key";
}
