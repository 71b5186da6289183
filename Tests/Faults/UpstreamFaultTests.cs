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
/// those that are translated. What came of each is printed as a table. <c>GATEWAY_FAULT_ROWS=u47,u48</c> runs these alone.
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
        await using var scene = await FaultScene.StartAsync(rows);
        var failures = new List<string>();
        var table = new StringBuilder("| row | chat | chat, stream | responses | responses, stream | messages | messages, stream |\n| --- | --- | --- | --- | --- | --- | --- |\n");
        using var places = new SemaphoreSlim(CallsAtATime);
        using var free = new SemaphoreSlim(int.MaxValue);
        var waiting = rows.Where(row => row.Waits).ToDictionary(row => row.Name, row => RunAsync(scene, row, free));
        await Task.WhenAll(waiting.Values);
        foreach (var row in rows)
        {
            var results = await (waiting.GetValueOrDefault(row.Name) ?? RunAsync(scene, row, places));
            failures.AddRange(results.Where(result => result.Fault is not null).Select(result => $"{row.Name}, {result.Cell}: {result.Fault}"));
            table.Append($"| {row.Name} |");
            foreach (var column in Formats.SelectMany(format => new[] { (format, stream: false), (format, stream: true) }))
            {
                var cells = results.Where(result => result.Cell.Format == column.format && result.Cell.Stream == column.stream).ToList();
                table.Append($" {string.Join(", ", cells.GroupBy(cell => cell.Fault is null ? cell.Outcome : "WRONG").Select(group => $"{group.Key} ×{group.Count()}"))} |");
            }

            table.Append('\n');
        }

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
            foreach (var provider in FaultProvider.For(format).Where((_, index) => !row.IsListener || index < 2))
            {
                var model = await scene.ModelAsync(row, provider);
                cells.AddRange(new[] { false, true }
                    .Where(stream => row.IsListener || FaultCatalog.WhyNot(row.Name, provider.Protocol(format), stream) is null)
                    .Select(stream => new Cell(format, stream, provider, model)));
            }
        }

        var answers = await Task.WhenAll(cells.Select(async cell =>
        {
            await places.WaitAsync();
            try
            {
                return (Cell: cell, Answer: await scene.CallAsync(cell.Format, cell.Stream, cell.Model, row));
            }
            catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException or IOException)
            {
                return (Cell: cell, Answer: new ClientAnswer(0, "", new Dictionary<string, string>()) { ErrorCode = exception.Message });
            }
            finally
            {
                places.Release();
            }
        }));
        var records = await scene.RecordsAsync([.. answers.Select(answer => answer.Answer.RequestId).Where(id => id.Length > 0)]);
        return [.. answers.Select(answer => Judge(row, answer.Cell, answer.Answer, records.GetValueOrDefault(answer.Answer.RequestId)))];
    }

    private static Result Judge(FaultRow row, Cell cell, ClientAnswer answer, JsonNode? record)
    {
        var expected = row.For(cell.Provider.Protocol(cell.Format), cell.Stream);
        var (outcome, fault) = answer switch
        {
            { Status: 0 } => ("nothing", $"no answer: {answer.ErrorCode}"),
            { Fault: { } odd } => ("odd", odd),
            { Status: 200, IsError: false } => ("answer", !expected.MayAnswer ? $"an answer, {answer.Ends} ends" : FindAnswerFault(row, answer)),
            { Status: 200 } => ("200+error", !expected.MayBreak ? $"a broken stream ({answer.ErrorCode ?? answer.ErrorType})"
                : answer.Ends > 0 ? "an error and an end"
                : cell.Format != ClientFormat.Messages && answer.ErrorCode != expected.BrokenCode && cell.Format != ClientFormat.Responses ? $"the code {answer.ErrorCode}"
                : null),
            _ => ($"{answer.Status}", answer.Status != expected.StatusFor(cell.Format) ? $"the status {answer.Status}: {answer.ErrorMessage}"
                : cell.Format != ClientFormat.Messages && expected.Code is { } code && answer.ErrorCode != code ? $"the code {answer.ErrorCode}"
                : null),
        };
        fault ??= FindRecordFault(row, answer, record);
        return new Result(cell, outcome, fault);
    }

    private static string? FindAnswerFault(FaultRow row, ClientAnswer answer)
        => answer.Ends != 1 ? $"{answer.Ends} ends"
            : answer.Content.Length == 0 ? "an empty answer"
            : row.Says is { } text && !answer.Content.Contains(text, StringComparison.Ordinal) ? $"it says {answer.Content[..Math.Min(100, answer.Content.Length)]}"
            : null;

    /// <summary>The column "Bill" of the matrix: what the provider said for an answer, an estimate of what came for half of one, else nothing.</summary>
    private static string? FindRecordFault(FaultRow row, ClientAnswer answer, JsonNode? record)
    {
        if (record is null)
        {
            return "no record";
        }

        var source = record["usage_source"]!.GetValue<string>();
        var tokens = record["completion_tokens"]!.GetValue<long>();
        var attempts = record["attempts"]!.AsArray();
        return attempts.Count != 1 ? $"{attempts.Count} attempts in the record"
            : answer is { Status: 200, IsError: false }
                ? !row.Source.Contains(source, StringComparison.Ordinal) ? $"the usage is {source}: {tokens} tokens"
                    : tokens < 0 || (row.OutputTokens is { } exact && exact != tokens) ? $"the record has {tokens} tokens"
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

    private sealed record Cell(ClientFormat Format, bool Stream, FaultProvider Provider, string Model)
    {
        public override string ToString() => $"{Format} to {Provider}{(Stream ? ", stream" : "")}";
    }

    private sealed record Result(Cell Cell, string Outcome, string? Fault);
}
