using System.Text;
using System.Text.Json.Nodes;
using Gateway.Contracts;
using Gateway.Simulator.Faults;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Faults;

/// <summary>
/// The upstream rows of the fault matrix against a whole gateway: every client format, with and without a stream, to a provider that speaks it and to
/// two that are translated, alone and with a healthy target behind it, and a second time at once. What came of each is printed as a table. <c>GATEWAY_FAULT_ROWS=u47,u48</c> runs these alone.
/// </summary>
public sealed class UpstreamFaultTests(ITestOutputHelper output)
{
    private const int CallsAtATime = 12;
    private static readonly ClientFormat[] Formats = [ClientFormat.Chat, ClientFormat.Responses, ClientFormat.Messages];

    [Fact]
    public async Task Table_OfAllRows_IsAsTheMatrixSays()
    {
        var only = Environment.GetEnvironmentVariable("GATEWAY_FAULT_ROWS")?.Split(',');
        var rows = FaultRows.All.Where(row => only?.Contains(row.Name) ?? true).ToList();
        await using var scene = await FaultScene.StartAsync();
        var failures = new List<string>();
        var table = new StringBuilder("| row | chat | chat, stream | responses | responses, stream | messages | messages, stream | a second target | a second call |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        using var places = new SemaphoreSlim(CallsAtATime);
        using var free = new SemaphoreSlim(int.MaxValue);
        var waiting = rows.Where(row => row.Waits).ToDictionary(row => row.Name, row => RunAsync(scene, row, free));
        await Task.WhenAll(waiting.Values);
        foreach (var row in rows)
        {
            var results = await (waiting.GetValueOrDefault(row.Name) ?? RunAsync(scene, row, places));
            failures.AddRange(results.Where(result => result.Fault is not null).Select(result => $"{row.Name}, {result.Cell}: {result.Fault}"));
            table.Append($"| {row.Name} |");
            foreach (var (format, stream) in Formats.SelectMany(format => new[] { (format, false), (format, true) }))
            {
                table.Append($" {Summarise(results.Where(result => result.Cell.Trial == Trial.Alone && result.Cell.Format == format && result.Cell.Stream == stream))} |");
            }

            table.Append($" {Summarise(results.Where(result => result.Cell.Trial == Trial.WithSpare))} |");
            table.Append($" {Summarise(results.Where(result => result.Cell.Trial == Trial.Again))} |");
            table.Append('\n');
        }

        failures.AddRange(await FindBlindSendsAsync(scene));
        foreach (var (name, reason) in FaultRows.LeftOut)
        {
            table.Append($"{name}: {reason}\n");
        }

        output.WriteLine(table.ToString());
        await Console.Out.WriteLineAsync(table, TestContext.Current.CancellationToken);
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "faults")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "upstream-faults.md"), table.ToString(), TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(Path.Combine(folder, "upstream-failures.txt"), failures, TestContext.Current.CancellationToken);
        failures.Take(40).ShouldBeEmpty($"{failures.Count} cells; {scene.Output}");
    }

    [Fact]
    public void Rows_OfTheSimulator_AreAllInTheTable()
    {
        var there = FaultRows.All.Select(row => row.Name).ToHashSet(StringComparer.Ordinal);

        FaultCatalog.Summaries.Select(fault => fault.Key)
            .Where(name => !there.Contains(name) && !FaultRows.LeftOut.Keys.Any(left => name.StartsWith(left, StringComparison.Ordinal)))
            .ShouldBeEmpty();
    }

    private static async Task<List<Result>> RunAsync(FaultScene scene, FaultRow row, SemaphoreSlim places)
    {
        var cells = new List<Cell>();
        foreach (var format in Formats)
        {
            var providers = FaultProvider.For(format, FaultRows.All.IndexOf(row)).Take(row.IsListener ? 2 : 3).ToList();
            foreach (var (provider, stream) in providers.SelectMany(provider => new[] { (provider, false), (provider, true) }))
            {
                if (row.IsListener || FaultCatalog.WhyNot(row.Name, provider.Protocol(format), stream) is null)
                {
                    var isNative = provider == providers[0];
                    cells.Add(await CellAsync(scene, row, format, stream, provider, Trial.Alone));
                    if (isNative || provider == providers[1])
                    {
                        cells.Add(await CellAsync(scene, row, format, stream, provider, Trial.WithSpare));
                    }
                }
            }
        }

        var answers = await Task.WhenAll(cells.Select(async cell => (Cell: cell, Answers: await CallAsync(scene, row, cell, places))));
        var records = await scene.RecordsAsync([.. answers.SelectMany(answer => answer.Answers).Select(answer => answer.RequestId).Where(id => id.Length > 0)]);
        return
        [
            .. answers.Select(answer => Judge(row, answer.Cell, answer.Answers[0], records.GetValueOrDefault(answer.Answers[0].RequestId))),
            .. answers.Where(answer => answer.Answers.Count > 1).Select(answer => JudgeRest(scene, row, answer.Cell, answer.Answers)),
        ];
    }

    /// <summary>Two targets may have done the work already: there is no third.</summary>
    private static async Task<IReadOnlyList<string>> FindBlindSendsAsync(FaultScene scene)
    {
        var failures = new List<string>();
        var row = FaultRows.All.Single(row => row.Name == "u07");
        foreach (var (format, stream) in Formats.SelectMany(format => new[] { (format, false), (format, true) }))
        {
            var first = await scene.ModelAsync(row, FaultProvider.Get("compatible"));
            var second = await scene.ModelAsync(row, FaultProvider.Get("anthropic"));
            var answer = await scene.CallAsync(
                format, stream, $"{first.Provider}/{first.Model}|{second.Provider}/{second.Model}|{FaultScene.Spare}/m", row);
            if (answer.Status != 502 || answer.Headers.GetValueOrDefault("x-should-retry") != "false"
                || scene.RequestsOf(first.Model) + scene.RequestsOf(second.Model) is var requests && requests > 3)
            {
                failures.Add($"u65, {format}{(stream ? ", stream" : "")}: {answer.Status} after {answer.Headers.GetValueOrDefault("x-gateway-attempts")} attempts");
            }
        }

        return failures;
    }

    private static async Task<Cell> CellAsync(FaultScene scene, FaultRow row, ClientFormat format, bool stream, FaultProvider provider, Trial trial)
    {
        var (name, model) = await scene.ModelAsync(row, provider);
        return new Cell(format, stream, provider, trial, name, model);
    }

    /// <summary>To a provider that speaks the client's format a second time at once: does it get that call?</summary>
    private static async Task<List<ClientAnswer>> CallAsync(FaultScene scene, FaultRow row, Cell cell, SemaphoreSlim places)
    {
        await places.WaitAsync();
        try
        {
            List<ClientAnswer> answers = [await CallAsync(scene, row, cell)];
            if (cell.Trial == Trial.Alone && cell.Provider.IsNativeTo(cell.Format) && !row.IsListener && row.Name != "u61" && !row.MarksCredential)
            {
                answers.Add(await CallAsync(scene, row, cell));
            }

            return answers;
        }
        finally
        {
            places.Release();
        }
    }

    private static async Task<ClientAnswer> CallAsync(FaultScene scene, FaultRow row, Cell cell)
    {
        try
        {
            return await scene.CallAsync(cell.Format, cell.Stream, cell.Reference, row);
        }
        catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException or IOException)
        {
            return new ClientAnswer(0, "", new Dictionary<string, string>()) { ErrorCode = exception.Message };
        }
    }

    private static Result JudgeRest(FaultScene scene, FaultRow row, Cell cell, List<ClientAnswer> answers)
    {
        var expected = row.For(cell.Provider.Protocol(cell.Format), cell.Stream);
        var rests = row.Rests ?? (answers[0].IsError && expected.Rests);
        var isAsked = answers[1].Status is not (503 or 529 or 429) || answers[1].Headers.GetValueOrDefault("x-gateway-attempts", "0") != "0";
        return new Result(
            cell with { Trial = Trial.Again },
            isAsked ? "asked again" : "rests",
            isAsked == rests ? $"the second call gets {answers[1].Status} {answers[1].ErrorMessage}, {scene.RequestsOf(cell.Model)} requests" : null);
    }

    private static string Summarise(IEnumerable<Result> results)
        => string.Join(", ", results.GroupBy(result => result.Fault is null ? result.Outcome : "WRONG").Select(group => $"{group.Key} ×{group.Count()}"));

    private static Result Judge(FaultRow row, Cell cell, ClientAnswer answer, JsonNode? record)
    {
        var expected = row.For(cell.Provider.Protocol(cell.Format), cell.Stream);
        if (cell.Trial == Trial.WithSpare && expected.IsTargetFault)
        {
            expected = expected.MayBreak ? expected with { MayAnswer = true, Status = 0 } : Expected.Answer;
        }

        var (outcome, fault) = answer switch
        {
            { Status: 0 } => ("nothing", $"no answer: {answer.ErrorCode}"),
            { Fault: { } odd } => ("odd", odd),
            { Status: 200, IsError: false } => ("answer", !expected.MayAnswer ? $"an answer, {answer.Ends} ends" : FindAnswerFault(answer.IsOf(FaultScene.Spare) ? null : row.Says, answer)),
            { Status: 200 } => ("200+error", !expected.MayBreak ? $"a broken stream ({answer.ErrorCode ?? answer.ErrorType})"
                : answer.Ends > 0 ? "an error and an end"
                : cell.Format != ClientFormat.Messages && answer.ErrorCode != expected.BrokenCode && cell.Format != ClientFormat.Responses ? $"the code {answer.ErrorCode}"
                : null),
            _ => ($"{answer.Status}", answer.Status != expected.StatusFor(cell.Format) ? $"the status {answer.Status}: {answer.ErrorMessage}"
                : cell.Format != ClientFormat.Messages && expected.Code is { } code && answer.ErrorCode != code ? $"the code {answer.ErrorCode}"
                : null),
        };
        fault ??= FindRecordFault(row, cell, answer, record);
        return new Result(cell, outcome, fault);
    }

    private static string? FindAnswerFault(string? says, ClientAnswer answer)
        => answer.Ends != 1 ? $"{answer.Ends} ends"
            : answer.Content.Length == 0 ? "an empty answer"
            : says is { } text && !answer.Content.Contains(text, StringComparison.Ordinal) ? $"it says {answer.Content[..Math.Min(100, answer.Content.Length)]}"
            : null;

    /// <summary>The column "Bill" of the matrix: what the provider said for an answer, an estimate of what came for half of one, else nothing.</summary>
    private static string? FindRecordFault(FaultRow row, Cell cell, ClientAnswer answer, JsonNode? record)
    {
        if (record is null)
        {
            return "no record";
        }

        var source = record["usage_source"]!.GetValue<string>();
        var tokens = record["completion_tokens"]!.GetValue<long>();
        var attempts = record["attempts"]!.AsArray();
        var isSpare = answer.IsOf(FaultScene.Spare);
        var mostAttempts = cell.Trial == Trial.WithSpare ? 3 : 2;
        return attempts.Count < (isSpare ? 2 : 1) || attempts.Count > mostAttempts ? $"{attempts.Count} attempts in the record"
            : isSpare && attempts[^1]!["provider"]!.GetValue<string>() != FaultScene.Spare ? "the last attempt is not the one that answered"
            : answer is { Status: 200, IsError: false }
                ? !(isSpare ? "provider or estimated" : row.Source).Contains(source, StringComparison.Ordinal) ? $"the usage is {source}: {tokens} tokens"
                    : tokens < 0 || (!isSpare && row.OutputTokens is { } exact && exact != tokens) ? $"the record has {tokens} tokens"
                    : (string?)record["error_type"] is { } error ? $"the record has the error {error}"
                    : null
            : answer.Status == 200
                ? source is not ("estimated" or "partial") ? $"the usage of half an answer is {source}"
                    : (string?)record["error_type"] is null ? "the record has no error"
                    : null
            : source is not "none" || tokens != 0 ? $"the usage of no answer is {source}: {tokens} tokens"
            : record["status_code"]!.GetValue<int>() != answer.Status ? "the record has another status"
            : null;
    }

    private enum Trial
    {
        Alone,
        WithSpare,
        Again,
    }

    private sealed record Cell(ClientFormat Format, bool Stream, FaultProvider Provider, Trial Trial, string Name, string Model)
    {
        /// <summary>What the client asks for: this model, or a healthy one behind it.</summary>
        public string Reference => $"{Name}/{Model}{(Trial == Trial.WithSpare ? $"|{FaultScene.Spare}/{Model}" : "")}";

        public override string ToString() => $"{Format} to {Provider}{(Stream ? ", stream" : "")}{(Trial == Trial.Alone ? "" : $", {Trial}")}";
    }

    private sealed record Result(Cell Cell, string Outcome, string? Fault);
}
